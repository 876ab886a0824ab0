package io.holdfast.commands;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A connection or subscription that expires although its client has no token that it could renew. Any thread. */
interface Renewable {

    /**
     * @param until when it expires next; null for never
     * @param info what others see of it from now on, one JSON value; null for the same as before
     * @param again done then
     */
    void goesOn(@Nullable Instant until, byte @Nullable [] info, Runnable again);

    void ends();
}
