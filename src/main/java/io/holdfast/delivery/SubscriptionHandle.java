package io.holdfast.delivery;

/** Refers to one subscription, and not to a later one of the same channel. Any thread. */
public interface SubscriptionHandle {

    /** Ends the subscription and tells the client; nothing happens if it has ended already. */
    void end(Ending ending);

    /**
     * Sets the action to run when the subscription has ended, for any reason; at once if it has ended already. Replaces an
     * earlier action.
     */
    void whenEnded(Runnable work);
}
