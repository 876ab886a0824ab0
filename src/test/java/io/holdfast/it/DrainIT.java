package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A drain under load: what was accepted before it comes after the restart, in order, each once. */
@Tag("slow")
class DrainIT {
    private static final int CLIENTS = 500;
    private static final long WINDOW_SECONDS = 3;

    @Test
    void five_hundred_clients_are_sent_away_one_after_the_other_and_lose_nothing() throws Exception {
        try (LibertyServer gateway = LibertyServer.insecure("drain")) {
            List<SocketClient> clients = new ArrayList<>();
            Map<Integer, String> epochs = new HashMap<>();
            for (int i = 0; i < CLIENTS; i++) {
                SocketClient client = gateway.socket();
                JsonNode reply = client.connectForTags("drain-" + i);
                epochs.put(
                        i, reply.path("subs").path("#drain-" + i).path("epoch").asText());
                clients.add(client);
            }
            AtomicBoolean publishing = new AtomicBoolean(true);
            Set<String> accepted = new HashSet<>();
            CompletableFuture<Void> publisher = CompletableFuture.runAsync(() -> {
                for (int n = 1; publishing.get(); n++) {
                    for (int i = 0; i < CLIENTS && publishing.get(); i += 10) {
                        String id = i + "-" + n;
                        Api.Answer answer = gateway.api()
                                .post("/api/send", "{'client': 'drain-%d', 'id': '%s', 'data': {'n': %d}}", i, id, n);
                        if (answer.status() == 200) {
                            accepted.add(id);
                        } else {
                            assertThat(answer.status()).isEqualTo(503);
                            return;
                        }
                    }
                }
            });
            Thread.sleep(1_000);
            CompletableFuture<Api.Answer> drain = CompletableFuture.supplyAsync(
                    () -> gateway.api().postRaw("/api/drain?window=" + WINDOW_SECONDS, ""));
            Thread.sleep(WINDOW_SECONDS * 500);
            long closed = clients.stream().filter(client -> !client.isOpen()).count();
            assertThat(closed).as("closed at half time").isBetween(CLIENTS / 5L, CLIENTS * 4L / 5);
            for (SocketClient client : clients) {
                assertThat(client.awaitClose().code()).isEqualTo(3001);
            }
            Api.Answer answer = drain.get();
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().path("connections").asInt()).isEqualTo(CLIENTS);
            assertThat(answer.json().path("unwritten").asInt()).isZero();
            assertThat(answer.json().path("millis").asLong()
                            + answer.json().path("ms").asLong())
                    .isGreaterThanOrEqualTo(WINDOW_SECONDS * 900);
            assertThat(gateway.api().get("/health/ready").status()).isEqualTo(503);
            publisher.join();
            publishing.set(false);

            Map<Integer, List<Pub>> before = new HashMap<>();
            for (int i = 0; i < CLIENTS; i += 10) {
                before.put(i, drained(clients.get(i), "#drain-" + i));
            }
            gateway.kill();
            gateway.start();
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < CLIENTS; i += 10) {
                List<Pub> pubs = new ArrayList<>(before.get(i));
                long offset = pubs.isEmpty() ? 0 : pubs.get(pubs.size() - 1).offset();
                String client = "drain-" + i;
                int wanted = i;
                long more = accepted.stream()
                                .filter(id -> id.startsWith(wanted + "-"))
                                .count()
                        - pubs.size();
                try (RawClient back = gateway.client()) {
                    back.connect(OutboxIT.RETURN, client, client, epochs.get(i), offset);
                    pubs.addAll(back.publications("#" + client, (int) more));
                }
                assertThat(pubs).extracting(Pub::n).as(client).isSorted().doesNotHaveDuplicates();
                pubs.forEach(pub -> assertThat(seen.add(pub.id())).as("once").isTrue());
            }
            assertThat(seen).isEqualTo(accepted);
        }
    }

    private static List<Pub> drained(SocketClient client, String channel) {
        List<Pub> pubs = new ArrayList<>();
        while (true) {
            try {
                pubs.add(client.publication(channel));
            } catch (AssertionError closed) {
                return pubs;
            }
        }
    }
}
