package io.holdfast.delivery;

/** Receives delivery events; the room {@code app} provides it. Called only on the thread of the events. */
public interface EventSink {

    /**
     * Hands an event to its observers.
     *
     * @return false if there are none for this kind of event, so that it need not be called for this kind again
     */
    boolean fire(DeliveryEvent event);
}
