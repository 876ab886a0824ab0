package io.holdfast.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An application that the gateway asks over HTTP. Every path answers as the test says, at first {@code {"result":{}}}. */
final class BackEnd implements AutoCloseable {

    /** A request as it came. */
    record Asked(String path, Headers headers, byte[] body) {
        JsonNode json() {
            return Json.read(new String(body, StandardCharsets.UTF_8));
        }

        String header(String name) {
            return headers.getFirst(name);
        }
    }

    /** What it answers. */
    record Reply(int status, String body) {
        /** @param json with single quotes */
        static Reply of(String json) {
            return new Reply(200, json.replace('\'', '"'));
        }

        static Reply result(String json) {
            return of("{'result': " + json + "}");
        }

        static Reply status(int status) {
            return new Reply(status, "");
        }
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Function<Asked, Reply>> scripts = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer server;

    BackEnd() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            Asked request = new Asked(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders(),
                    exchange.getRequestBody().readAllBytes());
            asked.add(request);
            Reply reply = scripts.getOrDefault(request.path(), all -> Reply.result("{}"))
                    .apply(request);
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String url(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    void answer(String path, Function<Asked, Reply> script) {
        scripts.put(path, script);
    }

    void answer(String path, Reply reply) {
        answer(path, request -> reply);
    }

    /** Requests to this path get no reply while the back end is there. */
    void hang(String path) {
        answer(path, request -> {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Reply.status(503);
        });
    }

    /** All requests to a path. */
    List<Asked> asked(String path) {
        return asked.stream().filter(request -> request.path().equals(path)).toList();
    }

    /** The newest request to a path. */
    Asked last(String path) {
        List<Asked> all = asked(path);
        return all.get(all.size() - 1);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
