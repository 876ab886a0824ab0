package io.holdfast.bench;

import io.holdfast.client.Json;
import io.holdfast.client.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    String publishPath();

    byte[] publish(String channel, byte[] data);

    byte[] send(String client, byte[] data);

    byte[] batch(List<String> clients, List<byte[]> data);

    /** The endpoint without any logic, for comparison: it sends what is posted to everybody. */
    static Target bare() {
        return new Bare();
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
        public String publishPath() {
            return "/api/publish";
        }

        @Override
        public byte[] publish(String channel, byte[] data) {
            return around("{\"channel\":\"" + channel + "\",\"data\":", data, "}");
        }

        @Override
        public byte[] send(String client, byte[] data) {
            return around("{\"client\":\"" + client + "\",\"data\":", data, "}");
        }

        @Override
        public byte[] batch(List<String> clients, List<byte[]> data) {
            StringBuilder body = new StringBuilder("{\"commands\":[");
            for (int i = 0; i < clients.size(); i++) {
                body.append(i == 0 ? "" : ",")
                        .append("{\"send\":{\"client\":\"")
                        .append(clients.get(i))
                        .append("\",\"data\":")
                        .append(Ascii.text(data.get(i)))
                        .append("}}");
            }
            return Ascii.bytes(body.append("]}").toString());
        }

        private static byte[] around(String before, byte[] data, String after) {
            byte[] start = Ascii.bytes(before);
            byte[] end = Ascii.bytes(after);
            byte[] all = new byte[start.length + data.length + end.length];
            System.arraycopy(start, 0, all, 0, start.length);
            System.arraycopy(data, 0, all, start.length, data.length);
            System.arraycopy(end, 0, all, start.length + data.length, end.length);
            return all;
        }
    }

    /** One path to listen at, one to post to. */
    record Bare() implements Target {

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
        public String publishPath() {
            return "/publish";
        }

        @Override
        public byte[] publish(String channel, byte[] data) {
            return data;
        }

        @Override
        public byte[] send(String client, byte[] data) {
            throw new IllegalArgumentException("the bare endpoint knows no clients");
        }

        @Override
        public byte[] batch(List<String> clients, List<byte[]> data) {
            throw new IllegalArgumentException("the bare endpoint knows no clients");
        }
    }
}
