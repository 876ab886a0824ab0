package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Answers what the test has laid in, in that order, and remembers what it was asked. */
final class ApiDouble implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Semaphore arrived = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);

    /** @param status 0 to never answer @param gate that must open before it is answered */
    private record Answer(int status, String body, String header, String value, CountDownLatch gate) {}

    /** @param key empty if none came */
    record Asked(String method, String path, String key, String body) {}

    ApiDouble() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    ApiDouble answers(int status, String body) {
        return answers(status, body, "Content-Type", "application/json");
    }

    synchronized ApiDouble answers(int status, String body, String header, String value) {
        answers.add(new Answer(status, body, header, value, new CountDownLatch(0)));
        return this;
    }

    /** Answers as soon as the gate is open. */
    synchronized ApiDouble answersAfter(CountDownLatch gate, int status, String body) {
        answers.add(new Answer(status, body, "Content-Type", "application/json", gate));
        return this;
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    List<Asked> asked() {
        return asked;
    }

    /** Waits until it was asked this often. */
    void awaitAsked(int times) throws InterruptedException {
        assertThat(arrived.tryAcquire(times, 60, TimeUnit.SECONDS))
                .as("asked: %s", asked)
                .isTrue();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("X-API-Key");
        asked.add(new Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                key == null ? "" : key,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        arrived.release();
        Answer answer = next();
        if (answer.status() == 0) {
            await(closing);
            return;
        }
        await(answer.gate());
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add(answer.header(), answer.value());
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private synchronized Answer next() {
        return answers.isEmpty()
                ? new Answer(418, "", "X-Test", "no answer is left", new CountDownLatch(0))
                : answers.poll();
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
