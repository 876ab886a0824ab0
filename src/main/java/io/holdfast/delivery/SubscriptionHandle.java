package io.holdfast.delivery;

/** One subscription, and no later one of the same channel. Any thread. */
public interface SubscriptionHandle {

    /** The server ends it and tells the client; nothing happens if it has ended. */
    void end(Ending ending);

    /** Has something done when it has ended, in whatever way; at once if it has. It replaces what was wished before. */
    void whenEnded(Runnable work);
}
