package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every call of the server API in bursts of 200 at once, while publishing goes on: each publish is stored. */
@Tag("slow")
class BurstIT {
    private static final int BURST = 200;

    @Test
    void no_burst_of_calls_of_any_kind_makes_a_publish_fail() {
        try (LibertyServer gateway = LibertyServer.insecure("burst")) {
            JsonNode document =
                    Json.ofYaml(new Api(gateway.http(), null).get("/openapi").body());
            ExecutorService callers = Executors.newFixedThreadPool(BURST + 1);
            AtomicBoolean publishing = new AtomicBoolean(true);
            Map<Integer, Integer> published = new ConcurrentHashMap<>();
            CompletableFuture<Void> publisher = CompletableFuture.runAsync(
                    () -> {
                        for (int n = 0; publishing.get(); n++) {
                            Api.Answer answer = gateway.api()
                                    .post(
                                            "/api/publish",
                                            "{'channel': 'burst:%d', 'id': '%d', 'data': {'n': %d}}",
                                            n % 7,
                                            n,
                                            n);
                            published.merge(answer.json().has("error") ? 500 : answer.status(), 1, Integer::sum);
                        }
                    },
                    callers);
            List<Operation> operations = new ArrayList<>(Operation.of(document));
            operations.removeIf(operation -> operation.path().equals("/api/drain")); // ends publishing, as it should
            for (Operation operation : operations) {
                Map<Integer, Integer> answers = burst(gateway, operation, callers);
                System.out.println(operation + " " + answers);
                assertThat(answers.keySet()).as("%s", operation).allMatch(status -> status < 500);
            }
            publishing.set(false);
            publisher.join();
            callers.shutdown();
            assertThat(published).containsOnlyKeys(200);
            assertThat(published.get(200)).as("went on all the time").isGreaterThan(operations.size());
            JsonNode breaker = gateway.api().get("/api/metrics").json().at("/circuit_breaker/engine/opens");
            assertThat(breaker.isMissingNode()).isFalse();
            assertThat(breaker.asInt()).isZero();
        }
    }

    /** @return how often each status was answered */
    private static Map<Integer, Integer> burst(LibertyServer gateway, Operation operation, ExecutorService callers) {
        Map<Integer, Integer> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            calls.add(CompletableFuture.runAsync(
                    () -> answers.merge(operation.call(gateway.api()).status(), 1, Integer::sum), callers));
        }
        calls.forEach(CompletableFuture::join);
        return answers;
    }
}
