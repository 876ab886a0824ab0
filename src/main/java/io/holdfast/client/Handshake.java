package io.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client's opening handshake of a WebSocket (RFC 6455, section 4.1). */
public final class Handshake {
    private static final int HEAD_BYTES = 65_536;
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, section 1.3
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    private static final Pattern ACCEPT =
            Pattern.compile("^Sec-WebSocket-Accept: *(\\S+) *$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    private final Socket socket;
    private final InputStream in;
    private final long deadline;

    Handshake(Socket socket, InputStream in, long deadline) {
        this.socket = socket;
        this.in = in;
        this.deadline = deadline;
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

    /** @return the status of the answer; 0 if the connection ended without one */
    int ask(String target, String headers) throws IOException {
        byte[] nonce = new byte[16];
        ThreadLocalRandom.current().nextBytes(nonce);
        String key = Base64.getEncoder().encodeToString(nonce);
        socket.getOutputStream()
                .write(("GET " + target + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n" + headers + "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        String head = head();
        Matcher line = STATUS_LINE.matcher(head);
        int status = line.lookingAt() ? Integer.parseInt(line.group(1)) : 0;
        Matcher accept = ACCEPT.matcher(head);
        if (status == 101 && !(accept.find() && accept.group(1).equals(accept(key)))) {
            throw new IOException("the server says 101, but does not accept this WebSocket");
        }
        return status;
    }

    /** Milliseconds until the deadline, for a socket. */
    static int left(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private String head() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4 && read.size() < HEAD_BYTES) {
            socket.setSoTimeout(left(deadline));
            int b = in.read();
            if (b < 0) {
                break;
            }
            read.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }
}
