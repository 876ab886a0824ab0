package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What the server reads in {@code connect.data}; everything else there belongs to the application.
 *
 * @param client id in insecure mode
 * @param outbox whether the client wants its outbox
 * @param explicitAcks whether only acks move the cursor
 */
public record ConnectData(
        @Nullable String device, @Nullable String client, boolean outbox, boolean explicitAcks) {

    private static final ConnectData DEFAULTS = new ConnectData(null, null, true, false);

    /** What absent data, or data that is no object, stands for. */
    public static ConnectData defaults() {
        return DEFAULTS;
    }

    /** Reads <code>{"device":…,"client":…,"outbox":true,"acks":"auto"}</code>, each of them optional. */
    public static ConnectData parse(byte @Nullable [] data) throws InvalidFieldException {
        throw new UnsupportedOperationException();
    }
}
