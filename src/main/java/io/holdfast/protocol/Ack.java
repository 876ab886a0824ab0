package io.holdfast.protocol;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device's statement that it has processed everything up to a position.
 *
 * @param offset from 0
 */
public record Ack(String channel, String epoch, long offset) {

    /** Reads the data of {@code rpc "ack"}: <code>{"channel":…,"epoch":…,"offset":…}</code>; all three are required. */
    public static Ack parse(byte[] data) throws InvalidFieldException {
        Fields fields = new Fields();
        if (!PayloadObject.read(data, fields::read)) {
            throw new InvalidFieldException("", "an ack is an object");
        }
        return fields.ack();
    }

    /**
     * Reads the data of {@code send}: <code>{"ack":{…}}</code>. Empty if there is no {@code ack} in it, which is then
     * none of our business.
     */
    public static Optional<Ack> parseSend(byte[] data) throws InvalidFieldException {
        Fields fields = new Fields();
        boolean[] found = new boolean[1];
        PayloadObject.read(data, (field, in) -> {
            if (!field.equals("ack")) {
                in.skip();
            } else if (in.enterObject()) {
                found[0] = true;
                for (String inner = in.nextField(); inner != null; inner = in.nextField()) {
                    fields.read(inner, in);
                }
            }
        });
        return found[0] ? Optional.of(fields.ack()) : Optional.empty();
    }

    private static final class Fields {
        private @Nullable String channel;
        private @Nullable String epoch;
        private long offset = -1;

        void read(String field, JsonInput in) throws IOException {
            switch (field) {
                case "channel" -> channel = in.stringOrNull();
                case "epoch" -> epoch = in.stringOrNull();
                case "offset" -> offset = in.naturalLong();
                default -> in.skip();
            }
        }

        Ack ack() throws InvalidFieldException {
            if (channel == null) {
                throw PayloadObject.required("channel");
            }
            if (epoch == null) {
                throw PayloadObject.required("epoch");
            }
            if (offset < 0) {
                throw PayloadObject.required("offset");
            }
            return new Ack(channel, epoch, offset);
        }
    }
}
