package io.holdfast.validate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Requests whose body cannot be read: their senders must not believe that anything was done. */
final class BodyScenarios {
    private BodyScenarios() {}

    /** What follows the head of a request, and what the head says of it. */
    private record Body(String fault, String headers, String bytes) {}

    private static final List<Body> FAULTS = List.of(
            new Body("a chunk whose length is not a number", "Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
            new Body("an early end", "Content-Length: 600\r\n", "{\"client\":\"x\""),
            new Body("an early end of a chunk", "Transfer-Encoding: chunked\r\n", "40\r\n{\"client\":"),
            new Body("a body that is not gzip", "Content-Encoding: gzip\r\nContent-Length: 9\r\n", "{\"n\":123}"),
            new Body("no JSON", "Content-Length: 4\r\n", "junk"));

    private static final List<String> PATHS =
            List.of("/api/send", "/api/publish", "/api/batch", "/api/revoke", "/api/disconnect");

    static List<Scenario> all() {
        return List.of(Scenario.of(
                "limits",
                "unreadable-body",
                "a request whose body cannot be read is not answered with success",
                BodyScenarios::unreadableBody,
                Need.API_KEY));
    }

    private record Sent(String path, Body body, Socket socket) {}

    /** All are sent before the first answer is awaited: a server may leave each of them without one. */
    private static void unreadableBody(Scope scope) throws IOException {
        List<Sent> all = new ArrayList<>();
        for (String path : PATHS) {
            for (Body body : FAULTS) {
                all.add(new Sent(path, body, send(scope, path, body)));
            }
        }
        long end = System.nanoTime() + scope.patience().toNanos();
        for (Sent each : all) {
            String status = status(each.socket(), end);
            scope.check(
                    !status.startsWith("2"),
                    "the answer of " + each.path() + " to " + each.body().fault() + " is " + status);
        }
    }

    private static Socket send(Scope scope, String path, Body body) throws IOException {
        URI base = scope.target().base();
        String request = "POST " + base.getRawPath().replaceFirst("/$", "") + path + " HTTP/1.1\r\nHost: "
                + base.getRawAuthority() + "\r\nX-API-Key: " + scope.target().apiKey()
                + "\r\nContent-Type: application/json\r\nConnection: close\r\n" + body.headers() + "\r\n"
                + body.bytes();
        Socket socket = scope.target().trust().socket(base);
        scope.opened(socket, () -> close(socket));
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
        } catch (SocketException e) {
            // The server has reset the connection, so the read finds no answer.
        }
        return socket;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, closed or not.
        }
    }

    /**
     * The status code; empty if none has come, which promises nothing.
     *
     * @param end as {@link System#nanoTime}, until which it may come
     */
    private static String status(Socket socket, long end) throws IOException {
        try {
            socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
            String[] words = line(socket.getInputStream()).split(" ", 3);
            return words.length < 2 ? "" : words[1];
        } catch (SocketTimeoutException | SocketException e) {
            return ""; // the time is over, or it was reset
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\r'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
