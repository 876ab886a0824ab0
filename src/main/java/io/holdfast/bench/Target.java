package io.holdfast.bench;

import io.holdfast.client.Json;
import io.holdfast.client.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How one speaks to the server under load: paths, greetings and bodies. */
interface Target {
    Duration TOKEN_LIFE = Duration.ofHours(1);

    String name();

    String socketPath();

    /** In which format clients speak. */
    Speech speech();

    /** What a client says first; null if it says nothing and hears what is published. */
    @Nullable
    Greeting greeting(String client, @Nullable String channel);

    /** The path for one message. */
    String path(To to);

    /** One message to the channel or client of this name. */
    byte[] body(To to, String name, byte[] data);

    /** Several messages in one request, the names in the same order; for the path {@code /api/batch}. */
    byte[] batch(To to, List<String> names, List<byte[]> data);

    /** To which channel a client publishes over its WebSocket for the channel or client of this name. */
    default String channel(To to, String name) {
        return name;
    }

    /** Whether the server counts what clients have confirmed. */
    default boolean confirms() {
        return false;
    }

    /**
     * The endpoint without any logic, for comparison: it sends what is posted to everybody.
     *
     * @param path to post to
     */
    static Target bare(String path) {
        return new Bare(path);
    }

    /**
     * A gateway.
     *
     * @param secret of HS256 tokens; empty for insecure mode
     * @param outbox whether clients want their outbox
     */
    static Target holdfast(String secret, boolean outbox, Speech speech) {
        return new Holdfast(secret, outbox, speech);
    }

    /** A Centrifugo that asks nobody for a token or a key ({@code bench/centrifugo.json}). */
    static Target centrifugo(Speech speech) {
        return new Centrifugo(speech);
    }

    /** The Centrifuge client protocol and our HTTP API. */
    record Holdfast(String secret, boolean outbox, Speech speech) implements Target {

        @Override
        public String name() {
            return "holdfast";
        }

        @Override
        public String socketPath() {
            return "/connection/websocket";
        }

        @Override
        public Greeting greeting(String client, @Nullable String channel) {
            String token = secret.isEmpty() ? "" : connectToken(client);
            return new Greeting(token, client, outbox, channel);
        }

        private String connectToken(String client) {
            long expires = Instant.now().plus(TOKEN_LIFE).getEpochSecond();
            return Tokens.hs256(secret, "{\"sub\":" + Json.quoted(client) + ",\"exp\":" + expires + "}");
        }

        @Override
        public String path(To to) {
            return "/api/" + to.call;
        }

        @Override
        public byte[] body(To to, String name, byte[] data) {
            return Ascii.bytes(call(to, name, data));
        }

        @Override
        public byte[] batch(To to, List<String> names, List<byte[]> data) {
            return Ascii.bytes(
                    "{\"commands\":[" + commands(to.call, names, data, (name, one) -> call(to, name, one)) + "]}");
        }

        @Override
        public String channel(To to, String name) {
            return (to == To.OUTBOX ? "#" : "") + name;
        }

        @Override
        public boolean confirms() {
            return true;
        }

        private static String call(To to, String name, byte[] data) {
            return "{\"" + to.field + "\":\"" + name + "\",\"data\":" + Ascii.text(data) + "}";
        }
    }

    /** The same protocol; a client's messages go to a channel of its own, which it subscribes to. */
    record Centrifugo(Speech speech) implements Target {

        @Override
        public String name() {
            return "centrifugo";
        }

        @Override
        public String socketPath() {
            return "/connection/websocket";
        }

        @Override
        public Greeting greeting(String client, @Nullable String channel) {
            return new Greeting("", client, true, channel == null ? client : channel);
        }

        @Override
        public String path(To to) {
            return "/api/publish";
        }

        @Override
        public byte[] body(To to, String name, byte[] data) {
            return Ascii.bytes(call(name, data));
        }

        @Override
        public byte[] batch(To to, List<String> names, List<byte[]> data) {
            String commands = commands("publish", names, data, Centrifugo::call);
            return Ascii.bytes("{\"parallel\":true,\"commands\":[" + commands + "]}");
        }

        private static String call(String name, byte[] data) {
            return "{\"channel\":\"" + name + "\",\"data\":" + Ascii.text(data) + "}";
        }
    }

    private static String commands(
            String call, List<String> names, List<byte[]> data, BiFunction<String, byte[], String> body) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> "{\"" + call + "\":" + body.apply(names.get(i), data.get(i)) + "}")
                .collect(Collectors.joining(","));
    }

    /** One path to listen at, one to post to. */
    record Bare(String path) implements Target {

        @Override
        public String name() {
            return "bare";
        }

        @Override
        public String socketPath() {
            return "/socket";
        }

        @Override
        public Speech speech() {
            return JsonSpeech.INSTANCE;
        }

        @Override
        public @Nullable Greeting greeting(String client, @Nullable String channel) {
            return null;
        }

        @Override
        public String path(To to) {
            return path;
        }

        @Override
        public byte[] body(To to, String name, byte[] data) {
            if (to == To.OUTBOX) {
                throw new IllegalArgumentException("the bare endpoint knows no clients");
            }
            return data;
        }

        @Override
        public byte[] batch(To to, List<String> names, List<byte[]> data) {
            throw new IllegalArgumentException("the bare endpoint knows no batches");
        }
    }
}
