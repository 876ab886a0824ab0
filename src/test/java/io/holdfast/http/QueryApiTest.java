package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class QueryApiTest {
    private List<Long> missing = List.of();

    private final QueryApi api = new QueryApi(new QueryApi.Source() {
        @Override
        public CompletionStage<Gathered<Optional<MessageStatus>>> message(String client, String id) {
            if (id.equals("broken")) {
                throw new EngineException(EngineException.Reason.IO, "secret", null);
            }
            MessageStatus status = new MessageStatus(client, id, MessageState.ACKNOWLEDGED, new Position("e", 7), 1234);
            return CompletableFuture.completedFuture(
                    new Gathered<>(id.equals("none") ? Optional.empty() : Optional.of(status), missing));
        }
    });

    private Answer message(String... namesAndValues) {
        Map<String, String[]> parameters = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], new String[] {namesAndValues[i + 1]});
        }
        return api.message(parameters).toCompletableFuture().join();
    }

    @Test
    void a_known_message_is_answered_with_its_state() {
        assertThat(message("client", "c", "id", "a"))
                .hasToString(
                        "200 {\"client\":\"c\",\"id\":\"a\",\"state\":\"acknowledged\",\"offset\":7,\"epoch\":\"e\","
                                + "\"published_at\":1234}");
    }

    @Test
    void a_node_that_did_not_answer_is_named() {
        missing = List.of(7L, 9L);
        assertThat(message("client", "c", "id", "a").toString())
                .endsWith("\"published_at\":1234,\"missing_nodes\":[7,9]}");
    }

    @Test
    void an_unknown_one_is_not_found() {
        assertThat(message("client", "c", "id", "none").status()).isEqualTo(404);
    }

    @Test
    void a_parameter_that_is_missing_empty_or_unknown_is_named() {
        assertThat(message("id", "a").toString()).startsWith("400").contains("\"field\":\"client\"");
        assertThat(message("client", "c", "id", "").toString())
                .startsWith("400")
                .contains("\"field\":\"id\"");
        assertThat(message("client", "c", "id", "a", "x", "y").toString())
                .startsWith("400")
                .contains("\"field\":\"x\"");
    }

    @Test
    void a_failing_store_is_unavailable_and_tells_no_details() {
        Answer answer = message("client", "c", "id", "broken");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.retryAfterSeconds()).isPositive();
        assertThat(answer.toString()).doesNotContain("secret");
    }
}
