package io.holdfast.bench;

/** The protocol in JSON. Messages are told apart by their first bytes only. */
final class JsonSpeech implements Speech {
    static final JsonSpeech INSTANCE = new JsonSpeech();

    private static final byte[] PONG = Ascii.bytes("{}");
    private static final byte[] PUSH = Ascii.bytes("{\"push\":");
    private static final byte[] ERROR = Ascii.bytes("\"error\":");
    private static final byte[] OFFSET = Ascii.bytes(",\"offset\":");

    private JsonSpeech() {}

    @Override
    public String name() {
        return "json";
    }

    @Override
    public String query() {
        return "";
    }

    @Override
    public boolean binary() {
        return false;
    }

    @Override
    public byte[] greeting(Greeting greeting) {
        String token = greeting.token().isEmpty() ? "" : "\"token\":\"" + greeting.token() + "\",";
        String connect = "{\"id\":1,\"connect\":{" + token + "\"data\":" + greeting.data() + "}}";
        return Ascii.bytes(
                greeting.channel() == null
                        ? connect
                        : connect + "\n{\"id\":2,\"subscribe\":{\"channel\":\"" + greeting.channel() + "\"}}");
    }

    @Override
    public byte[] pong() {
        return PONG;
    }

    @Override
    public void read(byte[] bytes, int from, int to, Heard heard) {
        int at = from;
        while (at < to) {
            int end = Ascii.indexOf(bytes, at, to, (byte) '\n');
            if (end < 0) {
                end = to;
            }
            if (end - at == 2) {
                heard.ping();
            } else if (Ascii.startsWith(bytes, at, end, PUSH)) {
                heard.push(bytes, at, end);
            } else if (Ascii.indexOf(bytes, at, end, ERROR) >= 0) {
                heard.error(Ascii.text(bytes, at, Math.min(end, at + 200)));
            } else if (end > at) {
                heard.reply();
            }
            at = end + 1;
        }
    }

    @Override
    public long offset(byte[] bytes, int payloadEnd, int to) {
        return Ascii.numberAfter(OFFSET, bytes, payloadEnd, to);
    }
}
