package io.holdfast.client;

import java.net.ProtocolException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A client's opening handshake of a WebSocket (RFC 6455, section 4.1): what is asked, and the check of the answer. No I/O. */
public final class Handshake {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String key;
    private final String request;

    /**
     * Makes a request with a new key.
     *
     * @param endpoint {@code ws://} or {@code wss://}
     * @param headers more lines of the request, each ended by CR LF
     * @throws IllegalArgumentException if the endpoint is something else, or has no host
     */
    public Handshake(URI endpoint, String headers) {
        if (endpoint.getHost() == null || !String.valueOf(endpoint.getScheme()).matches("wss?")) {
            throw new IllegalArgumentException(endpoint + " is not the URL of a WebSocket: ws://… or wss://…");
        }
        byte[] nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        key = Base64.getEncoder().encodeToString(nonce);
        request = "GET " + (endpoint.getRawPath().isEmpty() ? "/" : endpoint.getRawPath())
                + (endpoint.getRawQuery() == null ? "" : "?" + endpoint.getRawQuery())
                + " HTTP/1.1\r\nHost: " + endpoint.getHost()
                + (endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort())
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + key + "\r\n" + headers + "\r\n";
    }

    /** The request's text, all of it. */
    public String request() {
        return request;
    }

    /**
     * Reads the head of the answer.
     *
     * @param head up to the empty line
     * @return its status; 0 if it is not an answer of HTTP
     * @throws ProtocolException if the status is 101, but the rest of the head does not make a WebSocket of the connection
     */
    public int status(String head) throws ProtocolException {
        Matcher line = STATUS_LINE.matcher(head);
        int status = line.lookingAt() ? Integer.parseInt(line.group(1)) : 0;
        if (status == 101) {
            check(head.startsWith("HTTP/1.1"), "it says HTTP/1.0");
            check(
                    String.join(",", values(head, "Upgrade")).equalsIgnoreCase("websocket"),
                    "its header Upgrade is not websocket");
            check(
                    values(head, "Connection").stream().anyMatch("Upgrade"::equalsIgnoreCase),
                    "its header Connection is not Upgrade");
            check(values(head, "Sec-WebSocket-Accept").equals(List.of(accept(key))), "it does not accept the key");
            check(values(head, "Sec-WebSocket-Extensions").isEmpty(), "it uses an extension");
            List<String> chosen = values(head, "Sec-WebSocket-Protocol");
            check(
                    chosen.size() < 2
                            && values(request, "Sec-WebSocket-Protocol").containsAll(chosen),
                    "it speaks a subprotocol that was not offered");
        }
        return status;
    }

    private static void check(boolean isAllowed, String breach) throws ProtocolException {
        if (!isAllowed) {
            throw new ProtocolException("the server answers 101, but this is not a WebSocket: " + breach);
        }
    }

    /** What a header lists, in all its lines. */
    private static List<String> values(String head, String name) {
        return head.lines()
                .map(line -> line.split(":", 2))
                .filter(field -> field.length == 2 && field[0].equalsIgnoreCase(name))
                .flatMap(field -> Stream.of(field[1].split(",")))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    /** What a server answers to a key (RFC 6455, section 4.2.2). */
    public static String accept(String key) {
        try {
            byte[] answered = (key + ACCEPT_SUFFIX).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(answered));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no SHA-1", e);
        }
    }
}
