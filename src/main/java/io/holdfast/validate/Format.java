package io.holdfast.validate;

import io.holdfast.client.Json;
import io.holdfast.client.Protobuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A form of the wire. The suite says and hears JSON; in Protobuf it is translated. */
public enum Format {
    JSON(false, "") {
        @Override
        byte[] encode(String command) {
            return command.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        List<Json> decode(byte[] frame) throws IOException {
            List<Json> messages = new ArrayList<>();
            for (String line : new String(frame, StandardCharsets.UTF_8).split("\n", -1)) {
                messages.add(Json.read(line));
            }
            return messages;
        }
    },
    PROTOBUF(true, "?cf_protocol=protobuf") {
        @Override
        byte[] encode(String command) throws IOException {
            return Protobuf.command(Json.read(command));
        }

        @Override
        List<Json> decode(byte[] frame) throws IOException {
            return Protobuf.replies(frame);
        }
    };

    private final boolean binary;
    private final String query;

    Format(boolean binary, String query) {
        this.binary = binary;
        this.query = query;
    }

    /** Whether frames are binary. */
    boolean binary() {
        return binary;
    }

    /** What follows the path of the endpoint. */
    String query() {
        return query;
    }

    /** A frame of one command, which is given in JSON. */
    abstract byte[] encode(String command) throws IOException;

    /** A frame of several commands. */
    byte[] encodeAll(List<String> commands) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (String command : commands) {
            if (!binary && frame.size() > 0) {
                frame.write('\n');
            }
            frame.write(encode(command));
        }
        return frame.toByteArray();
    }

    /** What a frame of the server says. */
    abstract List<Json> decode(byte[] frame) throws IOException;
}
