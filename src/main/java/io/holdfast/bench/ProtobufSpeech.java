package io.holdfast.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The protocol in Protobuf, as far as a client under load needs it: numbers from the schema of the client protocol. */
final class ProtobufSpeech implements Speech {
    static final ProtobufSpeech INSTANCE = new ProtobufSpeech();

    private static final byte[] PONG = {0};

    /** Tags: field number and wire type. */
    private static final int COMMAND_ID = 1 << 3;

    private static final int COMMAND_CONNECT = 4 << 3 | 2;
    private static final int COMMAND_SUBSCRIBE = 5 << 3 | 2;
    private static final int CONNECT_TOKEN = 1 << 3 | 2;
    private static final int CONNECT_DATA = 2 << 3 | 2;
    private static final int SUBSCRIBE_CHANNEL = 1 << 3 | 2;
    private static final int REPLY_ID = 1 << 3;
    private static final int REPLY_ERROR = 2 << 3 | 2;
    private static final int REPLY_PUSH = 4 << 3 | 2;
    private static final int PUB_OFFSET = 6 << 3;

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
        ByteArrayOutputStream connect = new ByteArrayOutputStream();
        if (!greeting.token().isEmpty()) {
            field(connect, CONNECT_TOKEN, greeting.token().getBytes(StandardCharsets.UTF_8));
        }
        field(connect, CONNECT_DATA, greeting.data().getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        command(frame, 1, COMMAND_CONNECT, connect);
        if (greeting.channel() != null) {
            ByteArrayOutputStream subscribe = new ByteArrayOutputStream();
            field(subscribe, SUBSCRIBE_CHANNEL, greeting.channel().getBytes(StandardCharsets.UTF_8));
            command(frame, 2, COMMAND_SUBSCRIBE, subscribe);
        }
        return frame.toByteArray();
    }

    private static void command(ByteArrayOutputStream frame, int id, int tag, ByteArrayOutputStream request) {
        ByteArrayOutputStream command = new ByteArrayOutputStream();
        command.write(COMMAND_ID);
        command.write(id);
        field(command, tag, request.toByteArray());
        varint(frame, command.size());
        frame.writeBytes(command.toByteArray());
    }

    private static void field(ByteArrayOutputStream out, int tag, byte[] value) {
        out.write(tag);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
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
