package io.holdfast.validate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.client.Json;
import io.holdfast.client.ServerSide;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A gateway that keeps its promises but for its defects: enough of the protocol and of the API for the suite. A
 * thread for each connection, one lock for all.
 */
final class BrokenGateway implements AutoCloseable {
    private final Set<Defect> defects;
    private final ServerSocket server;
    private final Map<String, BrokenStream> streams = new HashMap<>();
    private final Set<BrokenConnection> connections = new HashSet<>();
    private int administered;

    BrokenGateway(Defect... defects) {
        this.defects = Set.of(defects);
        try {
            server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    URI base() {
        return URI.create("http://localhost:" + server.getLocalPort());
    }

    boolean has(Defect defect) {
        return defects.contains(defect);
    }

    static void start(Runnable work) {
        Thread thread = new Thread(work, "broken-gateway");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            String head = ServerSide.head(in);
            String path = head.isEmpty() ? "" : head.split(" ", 3)[1];
            if (path.startsWith("/connection/websocket") && !path.contains("not-here")) {
                upgrade(socket, in, head);
            } else {
                byte[] body = in.readNBytes(Integer.parseInt("0" + ServerSide.header(head, "content-length")));
                boolean plain = ServerSide.header(head, "content-encoding").isEmpty();
                Reply reply = answer(
                        path, ServerSide.header(head, "x-api-key"), plain ? new String(body, UTF_8) : "compressed");
                byte[] bytes = reply.body().getBytes(UTF_8);
                socket.getOutputStream()
                        .write(("HTTP/1.1 " + reply.status() + " Told\r\nConnection: close\r\nContent-Length: "
                                        + bytes.length + "\r\n\r\n")
                                .getBytes(ISO_8859_1));
                socket.getOutputStream().write(bytes);
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private void upgrade(Socket socket, DataInputStream in, String head) throws IOException {
        if (!ServerSide.header(head, "origin").isEmpty() && !has(Defect.TAKES_ANY_ORIGIN)) {
            socket.getOutputStream().write("HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(ISO_8859_1));
            return;
        }
        socket.getOutputStream().write(ServerSide.upgraded(head));
        BrokenConnection connection = new BrokenConnection(this, socket, head.contains("cf_protocol=protobuf"));
        synchronized (this) {
            connections.add(connection);
        }
        try {
            connection.run(in);
        } finally {
            synchronized (this) {
                connections.remove(connection);
            }
        }
    }

    private synchronized long queued() {
        return has(Defect.COUNTS_THE_CONNECTED_ALONE)
                ? 0
                : streams.values().stream().mapToLong(BrokenStream::queued).sum();
    }

    private record Reply(int status, String body) {}

    private Reply answer(String path, String key, String body) {
        if (path.equals("/health/websocket")) {
            return new Reply(200, "{\"connections\":{\"total_queued_messages\":" + queued() + "}}");
        }
        if (!key.equals("dev") && !has(Defect.NEEDS_NO_KEY)) {
            return new Reply(401, "{}");
        }
        try {
            synchronized (this) {
                if (path.startsWith("/api/message")) {
                    return state(path);
                }
                Json read = Json.read(body);
                return isAdministrators(path) ? administered() : published(path, read);
            }
        } catch (IOException e) {
            return has(Defect.TAKES_WHAT_IT_CANNOT_READ) ? new Reply(200, "") : refused(body);
        }
    }

    private static boolean isAdministrators(String path) {
        return path.endsWith("_remove") || path.endsWith("unsubscribe") || path.endsWith("disconnect");
    }

    private Reply administered() {
        administered++;
        return new Reply(200, "{\"result\":{}}");
    }

    private Reply refused(String body) {
        return new Reply(400, has(Defect.LEAKS_PAYLOADS) ? "cannot read " + body : "{\"error\":{}}");
    }

    private Reply published(String path, Json body) {
        if (path.equals("/api/batch")) {
            StringBuilder replies = new StringBuilder();
            for (Json command : body.at("commands").items()) {
                String receipt = published("/api/send", command.at("send")).body();
                replies.append(replies.isEmpty() ? "" : ",").append("{\"send\":" + receipt + "}");
            }
            return new Reply(200, "{\"replies\":[" + replies + "]}");
        }
        boolean send = path.equals("/api/send");
        String channel =
                send ? "#" + body.at("client").text() : body.at("channel").text();
        String id = body.at(send ? "id" : "idempotency_key").text();
        if (id.isEmpty() || !body.has("data")) {
            return refused(body.toString());
        }
        if (administered > 50 && has(Defect.FAILS_AFTER_A_BURST)) {
            return new Reply(503, "{}");
        }
        BrokenStream.Pub pub = publish(channel, id, body);
        String receipt = "\"epoch\":\"" + stream(channel).epoch() + "\",\"offset\":" + pub.offset() + ",\"duplicate\":"
                + pub.repeated();
        return new Reply(200, send ? "{" + receipt + "}" : "{\"result\":{" + receipt + "}}");
    }

    /** Under the lock. */
    BrokenStream.Pub publish(String channel, String id, Json body) {
        BrokenStream.Pub pub = stream(channel).publish(id, body);
        if (!pub.repeated()) {
            connections.forEach(connection -> connection.live(channel, pub));
        }
        return pub;
    }

    /** Under the lock: of a named device the newer connection wins. */
    void replace(BrokenConnection newer) {
        connections.stream().filter(older -> older.isReplacedBy(newer)).forEach(BrokenConnection::replaced);
    }

    private Reply state(String path) {
        String[] words = URLDecoder.decode(path, UTF_8).split("[=&]");
        String state = stream("#" + words[1]).state(words[3]);
        return state.isEmpty() ? new Reply(404, "{}") : new Reply(200, "{\"state\":\"" + state + "\"}");
    }

    /** Under the lock. */
    BrokenStream stream(String channel) {
        return streams.computeIfAbsent(channel, key -> new BrokenStream(this));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
