package io.holdfast.protocol;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the server reads in {@code connect.data}; everything else there belongs to the application.
 *
 * @param client id in insecure mode
 * @param outbox whether the client wants its outbox
 * @param explicitAcks whether only acks move the cursor
 * @param tags whether the client wants the server's tags with its publications
 */
public record ConnectOptions(
        @Nullable String device, @Nullable String client, boolean outbox, boolean explicitAcks, boolean tags) {

    private static final ConnectOptions DEFAULTS = new ConnectOptions(null, null, true, false, false);

    /** The options for absent data, and for data that is not an object. */
    public static ConnectOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Reads <code>{"device":"till-3","client":"u42","outbox":true,"acks":"auto","tags":false}</code>, each of them
     * optional; these are the defaults but for the names. {@code acks} may also be {@code "explicit"}.
     */
    public static ConnectOptions parse(byte @Nullable [] data) throws InvalidFieldException {
        if (data == null) {
            return DEFAULTS;
        }
        Fields fields = new Fields();
        return PayloadObject.read(data, fields::read)
                ? new ConnectOptions(fields.device, fields.client, fields.outbox, fields.explicitAcks, fields.tags)
                : DEFAULTS;
    }

    private static final class Fields {
        private @Nullable String device;
        private @Nullable String client;
        private boolean outbox = true;
        private boolean explicitAcks;
        private boolean tags;

        void read(String field, JsonInput in) throws IOException, InvalidFieldException {
            switch (field) {
                case "device" -> device = in.stringOrNull();
                case "client" -> client = in.stringOrNull();
                case "outbox" -> outbox = in.isNull() || in.bool();
                case "acks" -> explicitAcks = explicit(in.stringOrNull());
                case "tags" -> tags = !in.isNull() && in.bool();
                default -> in.skip();
            }
        }

        private static boolean explicit(@Nullable String acks) throws InvalidFieldException {
            if (acks == null || acks.equals("auto")) {
                return false;
            }
            if (acks.equals("explicit")) {
                return true;
            }
            throw new InvalidFieldException("acks", "must be \"auto\" or \"explicit\"");
        }
    }
}
