package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueryApiTest {
    private final QueryApi api = new QueryApi(new QueryApi.Source() {
        @Override
        public Optional<MessageStatus> message(String client, String id) {
            if (id.equals("broken")) {
                throw new EngineException(EngineException.Reason.IO, "secret", null);
            }
            return id.equals("a")
                    ? Optional.of(new MessageStatus(client, id, MessageState.ACKNOWLEDGED, new Position("e", 7), 1234))
                    : Optional.empty();
        }
    });

    private Answer message(String... namesAndValues) {
        Map<String, String[]> parameters = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], new String[] {namesAndValues[i + 1]});
        }
        return api.message(parameters);
    }

    @Test
    void a_known_message_is_answered_with_its_state() {
        assertThat(message("client", "c", "id", "a"))
                .hasToString(
                        "200 {\"client\":\"c\",\"id\":\"a\",\"state\":\"acknowledged\",\"offset\":7,\"epoch\":\"e\","
                                + "\"published_at\":1234}");
    }

    @Test
    void an_unknown_one_is_not_found() {
        assertThat(message("client", "c", "id", "b").status()).isEqualTo(404);
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
