package io.holdfast.bench;

import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 client on one connection kept alive: one request at a time, the others wait in order. */
final class HttpLink extends Link {

    /** Hears the answer; status 0 if the connection ended before it came. The bytes are valid only during the call. */
    interface Answer {
        void came(int status, byte[] bytes, int from, int to);
    }

    private record Request(byte[] bytes, Answer answer) {}

    private static final byte[] END_OF_HEAD = Ascii.bytes("\r\n\r\n");
    private static final byte[] END_OF_LINE = Ascii.bytes("\r\n");
    private static final byte[] NOTHING = {};

    private final String head;
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private @Nullable Request underWay;
    private boolean hasOpened;

    /** @param apiKey sent with every request; may be empty */
    HttpLink(Loop loop, String apiKey) {
        super(loop);
        this.head = "Host: " + loop.server().getHostString() + ":"
                + loop.server().getPort() + "\r\n" + (apiKey.isEmpty() ? "" : "X-API-Key: " + apiKey + "\r\n");
    }

    void get(String path, Answer answer) {
        submit(Ascii.bytes("GET " + path + " HTTP/1.1\r\n" + head + "\r\n"), answer);
    }

    void post(String path, byte[] body, Answer answer) {
        byte[] start = Ascii.bytes("POST " + path + " HTTP/1.1\r\n" + head
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n");
        byte[] request = new byte[start.length + body.length];
        System.arraycopy(start, 0, request, 0, start.length);
        System.arraycopy(body, 0, request, start.length, body.length);
        submit(request, answer);
    }

    private void submit(byte[] request, Answer answer) {
        if (hasEnded()) {
            answer.came(0, NOTHING, 0, 0);
            return;
        }
        waiting.add(new Request(request, answer));
        next();
    }

    private void next() {
        if (hasOpened && underWay == null) {
            Request request = waiting.poll();
            if (request != null) {
                underWay = request;
                write(request.bytes());
            }
        }
    }

    @Override
    protected void opened() {
        hasOpened = true;
        next();
    }

    @Override
    protected void ended(String why) {
        Request unanswered = underWay;
        underWay = null;
        if (unanswered != null) {
            unanswered.answer().came(0, NOTHING, 0, 0);
        }
        for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
            request.answer().came(0, NOTHING, 0, 0);
        }
    }

    @Override
    protected int received(byte[] bytes, int to) {
        int end = Ascii.indexOf(bytes, 0, to, END_OF_HEAD);
        if (end < 0) {
            return 0;
        }
        int status = (int) Ascii.number(bytes, "HTTP/1.1 ".length(), end);
        String headers = Ascii.text(bytes, 0, end + 2).toLowerCase(Locale.ROOT);
        int body = end + END_OF_HEAD.length;
        if (headers.contains("\r\ntransfer-encoding: chunked\r\n")) {
            return chunked(status, bytes, body, to);
        }
        int length = contentLength(headers);
        if (to - body < length) {
            return 0;
        }
        answered(status, bytes, body, body + length);
        return body + length;
    }

    private static int contentLength(String headers) {
        String name = "\r\ncontent-length:";
        int at = headers.indexOf(name);
        if (at < 0) {
            return 0;
        }
        int from = at + name.length();
        return Integer.parseInt(
                headers.substring(from, headers.indexOf('\r', from)).trim());
    }

    /** Moves the chunks together in place, once all of them are here. */
    private int chunked(int status, byte[] bytes, int body, int to) {
        if (!complete(bytes, body, to)) {
            return 0;
        }
        int at = body;
        int joined = body;
        while (true) {
            int line = Ascii.indexOf(bytes, at, to, END_OF_LINE);
            int length = chunkLength(bytes, at, line);
            if (length == 0) {
                answered(status, bytes, body, joined);
                return line + 4;
            }
            System.arraycopy(bytes, line + 2, bytes, joined, length);
            joined += length;
            at = line + 2 + length + 2;
        }
    }

    private static boolean complete(byte[] bytes, int from, int to) {
        int at = from;
        while (true) {
            int line = Ascii.indexOf(bytes, at, to, END_OF_LINE);
            if (line < 0) {
                return false;
            }
            int length = chunkLength(bytes, at, line);
            at = line + 2 + length + 2;
            if (at > to) {
                return false;
            }
            if (length == 0) {
                return true;
            }
        }
    }

    private static int chunkLength(byte[] bytes, int from, int to) {
        int semicolon = Ascii.indexOf(bytes, from, to, (byte) ';');
        return Integer.parseInt(
                Ascii.text(bytes, from, semicolon < 0 ? to : semicolon).trim(), 16);
    }

    private void answered(int status, byte[] bytes, int from, int to) {
        Request request = underWay;
        underWay = null;
        if (request != null) {
            request.answer().came(status, bytes, from, to);
        }
        next();
    }
}
