package io.holdfast.validate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A WebSocket connection of the test double. */
final class BrokenConnection {
    private static final int PING_AFTER_MILLIS = 100;

    private final BrokenGateway gateway;
    private final Socket socket;
    private final Map<String, Long> upTo = new HashMap<>();
    private @Nullable String held;
    private String outbox = "";
    private boolean explicit;
    private long pinged;

    BrokenConnection(BrokenGateway gateway, Socket socket) {
        this.gateway = gateway;
        this.socket = socket;
    }

    void run(DataInputStream in) throws IOException {
        while (true) {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte() & 0x7f;
            int length = second == 126 ? in.readUnsignedShort() : second == 127 ? (int) in.readLong() : second;
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            if ((first & 0xf) == 8) {
                return;
            }
            String text = new String(payload, UTF_8);
            synchronized (gateway) {
                try {
                    heard(Json.read(text));
                } catch (IOException e) {
                    close(gateway.has(Defect.LEAKS_PAYLOADS) ? "bad request: " + text : "bad request");
                    return;
                }
            }
        }
    }

    private void close(String reason) throws IOException {
        byte[] text = reason.getBytes(UTF_8);
        byte[] payload = ByteBuffer.allocate(2 + Math.min(text.length, 120))
                .putShort((short) 3501)
                .put(text, 0, Math.min(text.length, 120))
                .array();
        frame(0x88, payload);
    }

    private void heard(Json command) throws IOException {
        long id = command.at("id").number();
        if (command.isEmptyObject()) {
            if (!explicit) {
                gateway.stream(outbox).confirm(pinged);
            }
        } else if (command.has("connect")) {
            connect(id, command.at("connect"));
        } else if (outbox.isEmpty() || id == 0) {
            throw new IOException("connect comes first");
        } else if (command.has("subscribe")) {
            subscribe(id, command.at("subscribe"));
        } else if (command.has("rpc")) {
            rpc(id, command.at("rpc"));
        } else {
            say("{\"id\":" + id + ",\"ping\":{}}");
        }
    }

    private void connect(long id, Json request) throws IOException {
        if (request.has("token")) {
            refuse(id, 101, request);
            return;
        }
        outbox = "#" + request.at("data", "client").text();
        explicit = request.at("data", "acks").text().equals("explicit");
        BrokenStream stream = gateway.stream(outbox);
        Json position = request.at("subs", outbox);
        boolean known = position.at("epoch").text().equals(stream.epoch())
                && position.at("offset").number() >= stream.lostUpTo();
        long from = known ? position.at("offset").number() : Math.max(stream.cursor(), stream.lostUpTo());
        say("{\"id\":" + id + ",\"connect\":{\"client\":\"c\",\"ping\":25,\"pong\":true,\"subs\":{"
                + Json.quoted(outbox) + ":" + sub(stream, position.at("recover").isTrue(), known, from) + "}}}");
        follow(outbox, stream, from);
        if (!gateway.has(Defect.CONFIRMS_WHAT_IT_WRITES)) {
            BrokenGateway.start(this::ping);
        }
    }

    private void subscribe(long id, Json request) throws IOException {
        String channel = request.at("channel").text();
        if (channel.equals(outbox)) {
            refuse(id, 105, request);
        } else if (channel.startsWith("#") && !gateway.has(Defect.OPENS_OUTBOXES)) {
            refuse(id, 103, request);
        } else if (channel.length() > 255) {
            refuse(id, 107, request);
        } else {
            BrokenStream stream = gateway.stream(channel);
            boolean recovers = request.at("recover").isTrue();
            long from = recovers ? request.at("offset").number() : stream.top();
            say("{\"id\":" + id + ",\"subscribe\":" + sub(stream, recovers, true, from) + "}");
            follow(channel, stream, from);
        }
    }

    private void rpc(long id, Json request) throws IOException {
        Json ack = request.at("data");
        BrokenStream stream = gateway.stream(outbox);
        if (!request.at("method").text().equals("ack")) {
            refuse(id, 104, request);
        } else if (!ack.at("epoch").text().equals(stream.epoch())
                || ack.at("offset").number() > stream.written()) {
            refuse(id, 107, request);
        } else {
            stream.confirm(ack.at("offset").number());
            say("{\"id\":" + id + ",\"rpc\":{\"data\":{\"acked\":" + ack.at("offset") + "}}}");
        }
    }

    private void refuse(long id, int code, Json request) throws IOException {
        String message = gateway.has(Defect.LEAKS_PAYLOADS) ? request.toString() : "refused";
        say("{\"id\":" + id + ",\"error\":{\"code\":" + code + ",\"message\":" + Json.quoted(message) + "}}");
    }

    private String sub(BrokenStream stream, boolean recovers, boolean known, long from) {
        boolean recovered = recovers && (known || gateway.has(Defect.FORGETS_THE_SIGNAL));
        return "{\"recoverable\":true,\"positioned\":true,\"epoch\":\"" + stream.epoch() + "\",\"offset\":" + from
                + ",\"was_recovering\":" + recovers + ",\"recovered\":" + recovered + "}";
    }

    private void follow(String channel, BrokenStream stream, long from) {
        upTo.put(channel, from);
        stream.after(from).forEach(pub -> push(channel, pub));
    }

    /** Under the gateway's lock, as all that follows. */
    void live(String channel, BrokenStream.Pub pub) {
        if (upTo.containsKey(channel)) {
            push(channel, pub);
        } else if (gateway.has(Defect.DELIVERS_TO_EVERYBODY) && !outbox.isEmpty()) {
            write(text(channel, pub));
        }
    }

    private static String text(String channel, BrokenStream.Pub pub) {
        return "{\"push\":{\"channel\":" + Json.quoted(channel) + ",\"pub\":{\"data\":" + pub.data() + ",\"offset\":"
                + pub.offset() + ",\"tags\":{\"id\":\"" + pub.id() + "\"}}}}";
    }

    private void push(String channel, BrokenStream.Pub pub) {
        String push = text(channel, pub);
        upTo.put(channel, pub.offset());
        gateway.stream(channel).wrote(pub.offset());
        boolean bad = pub.offset() % 10 == 7;
        if (bad && gateway.has(Defect.REORDERS)) {
            held = push;
            return;
        }
        if (!bad || !gateway.has(Defect.DROPS)) {
            write(push);
        }
        if (bad && gateway.has(Defect.DOUBLES)) {
            write(push);
        }
        flush();
    }

    private void flush() {
        if (held != null) {
            write(held);
            held = null;
        }
    }

    private void ping() {
        try {
            while (!socket.isClosed()) {
                Thread.sleep(PING_AFTER_MILLIS);
                synchronized (gateway) {
                    flush();
                    long written = upTo.getOrDefault(outbox, 0L);
                    if (written > pinged || pinged > gateway.stream(outbox).cursor()) {
                        pinged = written;
                        write("{}");
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String text) {
        try {
            say(text);
        } catch (IOException e) {
            // Its reader notices.
        }
    }

    private void say(String text) throws IOException {
        frame(0x81, text.getBytes(UTF_8));
    }

    private void frame(int first, byte[] payload) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(payload.length + 4).put((byte) first);
        if (payload.length < 126) {
            buffer.put((byte) payload.length);
        } else {
            buffer.put((byte) 126).putShort((short) payload.length);
        }
        buffer.put(payload);
        socket.getOutputStream().write(buffer.array(), 0, buffer.position());
    }
}
