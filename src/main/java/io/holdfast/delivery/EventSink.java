package io.holdfast.delivery;

/** Where delivery events go; the application's room provides it. Called on the events' own thread only. */
public interface EventSink {

    /** Hands an event to its observers. @return false if there are none for its kind, and it need not come again */
    boolean fire(DeliveryEvent event);
}
