package io.holdfast.bench;

import io.holdfast.client.Json;
import io.holdfast.client.Protobuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The protocol in Protobuf, as far as a client under load needs it. */
final class ProtobufSpeech implements Speech {
    static final ProtobufSpeech INSTANCE = new ProtobufSpeech();

    private static final byte[] PONG = {0};

    private static final int REPLY_ID = Protobuf.tag("Reply", "id");
    private static final int REPLY_ERROR = Protobuf.tag("Reply", "error");
    private static final int REPLY_PUSH = Protobuf.tag("Reply", "push");
    private static final int PUB_OFFSET = Protobuf.tag("Publication", "offset");

    private ProtobufSpeech() {}

    @Override
    public String name() {
        return "protobuf";
    }

    @Override
    public String query() {
        return "?cf_protocol=protobuf";
    }

    @Override
    public boolean binary() {
        return true;
    }

    @Override
    public byte[] greeting(Greeting greeting) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        try {
            for (String command :
                    Ascii.text(JsonSpeech.INSTANCE.greeting(greeting)).split("\n")) {
                frame.writeBytes(Protobuf.command(Json.read(command)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a greeting is JSON", e);
        }
        return frame.toByteArray();
    }

    @Override
    public byte[] pong() {
        return PONG;
    }

    @Override
    public void read(byte[] bytes, int from, int to, Heard heard) {
        int at = from;
        while (at < to) {
            int length = 0;
            int shift = 0;
            while (bytes[at] < 0) {
                length |= (bytes[at++] & 0x7f) << shift;
                shift += 7;
            }
            length |= bytes[at++] << shift;
            int end = at + length;
            if (length == 0) {
                heard.ping();
            } else if (bytes[at] == REPLY_PUSH) {
                heard.push(bytes, at, end);
            } else if (isError(bytes, at, end)) {
                heard.error("error in a reply: " + Ascii.text(bytes, at, Math.min(end, at + 200)));
            } else {
                heard.reply();
            }
            at = end;
        }
    }

    private static boolean isError(byte[] bytes, int from, int to) {
        int at = from;
        if (bytes[at] == REPLY_ID) {
            at++;
            while (bytes[at] < 0) {
                at++;
            }
            at++;
        }
        return at < to && bytes[at] == REPLY_ERROR;
    }

    @Override
    public long offset(byte[] bytes, int payloadEnd, int to) {
        if (payloadEnd >= to || bytes[payloadEnd] != PUB_OFFSET) {
            return 0;
        }
        long offset = 0;
        int shift = 0;
        int at = payloadEnd + 1;
        while (bytes[at] < 0) {
            offset |= (long) (bytes[at++] & 0x7f) << shift;
            shift += 7;
        }
        return offset | (long) bytes[at] << shift;
    }
}
