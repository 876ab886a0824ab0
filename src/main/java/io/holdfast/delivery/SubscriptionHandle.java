package io.holdfast.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Refers to one subscription, and not to a later one of the same channel. Any thread. */
public interface SubscriptionHandle {

    /** Ends the subscription and tells the client; nothing happens if it has ended already. */
    void end(Ending ending);

    /**
     * Ends the subscription at a moment of wall time, unless this is called again before.
     *
     * @param moment null for never
     * @param renewal done then instead of ending the subscription: it must lead to another call of this, or to the end, and must
     *     not wait; null to end it
     */
    void endAt(@Nullable Instant moment, @Nullable Runnable renewal);

    /**
     * Sets the action to run when the subscription has ended, for any reason; at once if it has ended already. Replaces an
     * earlier action.
     */
    void whenEnded(Runnable work);
}
