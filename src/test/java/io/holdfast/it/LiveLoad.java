package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Clients that stay, with the stock SDK, and a publisher that sends each of them 1, 2, 3, … for as long as it is not
 * stopped, whatever becomes of the server: what is not accepted is sent again with the same id until it is.
 *
 * <p>Threads: a test's, and the publisher's own.
 */
final class LiveLoad implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int PAUSE_MILLIS = 10;

    private final LibertyServer server;
    private final List<String> clients;
    private final List<JavaSdk> connections = new ArrayList<>();
    private final Thread publisher = new Thread(this::publish, "live-load");
    private volatile boolean stopping;
    private volatile int accepted;
    private volatile String refused = "";

    private LiveLoad(LibertyServer server, List<String> clients) {
        this.server = server;
        this.clients = clients;
        publisher.setDaemon(true);
    }

    static LiveLoad start(LibertyServer server, List<String> clients) {
        LiveLoad load = new LiveLoad(server, clients);
        clients.forEach(client ->
                load.connections.add(JavaSdk.open(server.websocket(), "{'client': '%s', 'device': 'live'}", client)));
        load.awaitConnected();
        load.publisher.start();
        return load;
    }

    void awaitConnected() {
        await().atMost(PATIENCE).until(() -> connections.stream().allMatch(JavaSdk::isConnected));
    }

    private void publish() {
        while (!stopping) {
            int next = accepted + 1;
            clients.forEach(client -> publish(client, next));
            accepted = next;
            pause(PAUSE_MILLIS);
        }
    }

    private void publish(String client, int n) {
        while (true) {
            try {
                Api.Answer answer = server.api()
                        .post("/api/send", "{'client': '%s', 'id': '%s-%d', 'data': {'n': %d}}", client, client, n, n);
                if (answer.status() == 200) {
                    return;
                }
                refused = answer.body();
            } catch (UncheckedIOException e) {
                refused = e.toString();
            }
            pause(50);
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts it", e);
        }
    }

    /** Stops publishing and holds that each client has got all that was accepted, each once, in order. @return how many each */
    int stopAndCheck(String context) {
        stopping = true;
        try {
            publisher.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(publisher.isAlive())
                .as("not accepted: %s; %s", refused, context)
                .isFalse();
        Integer[] all = IntStream.rangeClosed(1, accepted).boxed().toArray(Integer[]::new);
        for (int i = 0; i < clients.size(); i++) {
            List<Pub> got = connections.get(i).publications(accepted);
            assertThat(got)
                    .as("%s; %s", clients.get(i), context)
                    .extracting(Pub::n)
                    .containsExactly(all);
            assertThat(got)
                    .as("offsets of one epoch")
                    .extracting(Pub::offset)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
        return accepted;
    }

    /** The codes with which connections were lost and made again. */
    List<Integer> reconnects() {
        return connections.stream()
                .flatMap(connection -> connection.reconnects().stream())
                .toList();
    }

    @Override
    public void close() {
        stopping = true;
        connections.forEach(JavaSdk::close);
    }
}
