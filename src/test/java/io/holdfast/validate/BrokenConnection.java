package io.holdfast.validate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.client.Frames;
import io.holdfast.client.Json;
import io.holdfast.client.ServerSide;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A WebSocket connection of the test double. */
final class BrokenConnection {
    private static final int PING_AFTER_MILLIS = 100;
    private static final int DAWDLING_MILLIS = 1_200;
    private static final int SEND_BUFFER = 1 << 20;

    /** What waits to be written, by a thread of its own: who does not read blocks nobody. */
    private record Waiting(byte[] frame, int pauseMillis) {}

    private final BrokenGateway gateway;
    private final Socket socket;
    private final boolean protobuf;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Map<String, Long> upTo = new HashMap<>();
    private @Nullable String held;
    private String outbox = "";
    private String device = "";
    private boolean explicit;
    private boolean tags;
    private long pinged;

    BrokenConnection(BrokenGateway gateway, Socket socket, boolean protobuf) {
        this.gateway = gateway;
        this.socket = socket;
        this.protobuf = protobuf;
    }

    void run(DataInputStream in) throws IOException {
        BrokenGateway.start(this::writeWhatWaits);
        while (true) {
            ServerSide.Frame frame = ServerSide.read(in);
            byte[] payload = frame.payload();
            if (frame.opcode() == Frames.CLOSE) {
                return;
            }
            synchronized (gateway) {
                try {
                    for (Json command : inOrder(protobuf ? ProtobufDouble.commands(payload) : commands(payload))) {
                        heard(command);
                    }
                } catch (IOException e) {
                    String text = new String(payload, UTF_8);
                    close(gateway.has(Defect.LEAKS_PAYLOADS) ? "bad request: " + text : "bad request");
                    return;
                }
            }
        }
    }

    private static List<Json> commands(byte[] payload) throws IOException {
        List<Json> commands = new ArrayList<>();
        for (String line : new String(payload, UTF_8).split("\n", -1)) {
            commands.add(Json.read(line));
        }
        return commands;
    }

    private List<Json> inOrder(List<Json> commands) {
        if (!gateway.has(Defect.ANSWERS_OUT_OF_ORDER)) {
            return commands;
        }
        List<Json> late = new ArrayList<>(commands);
        late.sort(Comparator.comparing(command -> command.has("publish")));
        return late;
    }

    private void close(String reason) throws IOException {
        close(3501, reason);
    }

    private void close(int code, String reason) throws IOException {
        byte[] text = reason.getBytes(UTF_8);
        byte[] payload = ByteBuffer.allocate(2 + Math.min(text.length, 120))
                .putShort((short) code)
                .put(text, 0, Math.min(text.length, 120))
                .array();
        send(ServerSide.frame(0x88, payload), 0);
        awaitWritten();
    }

    private void heard(Json command) throws IOException {
        long id = command.at("id").number();
        if (command.isEmptyObject()) {
            if (!explicit) {
                gateway.stream(outbox).confirm(device, pinged);
            }
        } else if (command.has("connect")) {
            connect(id, command.at("connect"));
        } else if (outbox.isEmpty() || id == 0) {
            throw new IOException("connect comes first");
        } else if (command.has("subscribe")) {
            subscribe(id, command.at("subscribe"));
        } else if (command.has("rpc")) {
            rpc(id, command.at("rpc"));
        } else if (command.has("publish")) {
            gateway.publish(
                    command.at("publish").at("channel").text(),
                    "frame-" + id + "-" + System.nanoTime(),
                    command.at("publish"));
            say("{\"id\":" + id + ",\"publish\":{}}");
        } else if (command.has("history")) {
            history(id, gateway.stream(command.at("history", "channel").text()));
        } else if (command.has("unsubscribe")) {
            upTo.remove(command.at("unsubscribe", "channel").text());
            say("{\"id\":" + id + ",\"unsubscribe\":{}}");
        } else {
            say("{\"id\":" + id + ",\"ping\":{}}");
        }
    }

    private void connect(long id, Json request) {
        if (request.has("token")) {
            refuse(id, 101, request);
            return;
        }
        outbox = "#" + request.at("data", "client").text();
        device = request.at("data", "device").text();
        gateway.replace(this);
        explicit = request.at("data", "acks").text().equals("explicit");
        tags = request.at("data", "tags").isTrue();
        BrokenStream stream = gateway.stream(outbox);
        Json position = request.at("subs", outbox);
        boolean known = position.at("epoch").text().equals(stream.epoch())
                && position.at("offset").number() >= stream.lostUpTo();
        long from = known ? position.at("offset").number() : Math.max(stream.cursor(device), stream.lostUpTo());
        say("{\"id\":" + id + ",\"connect\":{\"client\":\"c\",\"ping\":25,\"pong\":true,\"subs\":{"
                + Json.quoted(outbox) + ":" + sub(stream, position.at("recover").isTrue(), known, from) + "}}}");
        follow(outbox, stream, from);
        if (!gateway.has(Defect.CONFIRMS_WHAT_IT_WRITES)) {
            BrokenGateway.start(this::ping);
        }
    }

    private void subscribe(long id, Json request) {
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

    private void rpc(long id, Json request) {
        Json ack = request.at("data");
        BrokenStream stream = gateway.stream(outbox);
        if (!request.at("method").text().equals("ack")) {
            refuse(id, 104, request);
        } else if (!ack.at("epoch").text().equals(stream.epoch())
                || ack.at("offset").number() > stream.written()) {
            refuse(id, 107, request);
        } else {
            stream.confirm(device, ack.at("offset").number());
            say("{\"id\":" + id + ",\"rpc\":{\"data\":{\"acked\":" + ack.at("offset") + "}}}");
        }
    }

    private void history(long id, BrokenStream stream) {
        List<String> publications =
                stream.after(0).stream().map(pub -> publication(pub, true)).toList();
        say("{\"id\":" + id + ",\"history\":{\"publications\":[" + String.join(",", publications) + "]}}");
    }

    /** Whether this is an older connection of the named device of the other. */
    boolean isReplacedBy(BrokenConnection newer) {
        return this != newer && !device.isEmpty() && device.equals(newer.device) && outbox.equals(newer.outbox);
    }

    void replaced() {
        upTo.clear();
        BrokenGateway.start(() -> {
            try (socket) {
                close(4500, "replaced");
            } catch (IOException e) {
                // It has gone.
            }
        });
    }

    private void refuse(long id, int code, Json request) {
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

    private String text(String channel, BrokenStream.Pub pub) {
        return "{\"push\":{\"channel\":" + Json.quoted(channel) + ",\"pub\":" + publication(pub, tags) + "}}";
    }

    private static String publication(BrokenStream.Pub pub, boolean tags) {
        return "{\"data\":" + pub.data() + ",\"offset\":" + pub.offset()
                + (tags ? ",\"tags\":{\"id\":\"" + pub.id() + "\"}}" : "}");
    }

    private void push(String channel, BrokenStream.Pub pub) {
        String push = text(channel, pub);
        upTo.put(channel, pub.offset());
        gateway.stream(channel).wrote(device, pub.offset());
        boolean bad = pub.offset() % 10 == 7;
        if (bad && gateway.has(Defect.REORDERS)) {
            held = push;
            return;
        }
        if (!bad || !gateway.has(Defect.DROPS)) {
            write(push, dawdles(pub) ? DAWDLING_MILLIS : 0);
        }
        if (bad && gateway.has(Defect.DOUBLES)) {
            write(push);
        }
        flush();
    }

    /** With 5 of the first 100, which is enough for a scenario that measures them; not with large ones, which would pile up. */
    private boolean dawdles(BrokenStream.Pub pub) {
        return gateway.has(Defect.DAWDLES)
                && pub.data().length() < 1_000
                && pub.offset() <= 100
                && pub.offset() % 20 == 19;
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
                    if (written > pinged || pinged > gateway.stream(outbox).cursor(device)) {
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
        write(text, 0);
    }

    private void write(String text, int pauseMillis) {
        try {
            byte[] frame = protobuf
                    ? ServerSide.frame(0x82, ProtobufDouble.reply(Json.read(text)))
                    : ServerSide.frame(0x81, text.getBytes(UTF_8));
            send(frame, pauseMillis);
        } catch (IOException e) {
            // Its reader notices.
        }
    }

    private void say(String text) {
        write(text, 0);
    }

    private void send(byte[] frame, int pauseMillis) throws IOException {
        if (gateway.has(Defect.WAITS_FOR_THE_SLOW)) {
            socket.getOutputStream().write(frame); // under the lock of all
        } else if (waitingBytes.addAndGet(frame.length) > SEND_BUFFER) {
            upTo.clear();
            socket.close(); // as slow; the blocked writer cannot say so
        } else {
            waiting.add(new Waiting(frame, pauseMillis));
        }
    }

    private void writeWhatWaits() {
        try {
            while (!socket.isClosed()) {
                Waiting next = waiting.poll(50, TimeUnit.MILLISECONDS);
                if (next != null) {
                    if (next.pauseMillis() > 0) {
                        Thread.sleep(next.pauseMillis());
                    }
                    socket.getOutputStream().write(next.frame());
                    waitingBytes.addAndGet(-next.frame().length);
                }
            }
        } catch (IOException e) {
            // Its reader notices.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** So that a close frame is not cut off by the end of the connection. */
    private void awaitWritten() {
        try {
            for (int i = 0; i < 100 && !waiting.isEmpty(); i++) {
                Thread.sleep(5);
            }
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
