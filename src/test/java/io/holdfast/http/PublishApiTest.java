package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishApiTest {

    /** Stores all but what goes to {@code full} (fails later) and {@code bad} (throws at once). */
    private final List<String> stored = new ArrayList<>();

    private Reason reason = Reason.STREAM_FULL;

    private final PublishApi api = new PublishApi((call, target) -> {
        if (target.equals("bad")) {
            throw DeliveryException.invalid("tags", "tags: \"id\" is reserved");
        }
        if (target.equals("full")) {
            return CompletableFuture.failedFuture(new DeliveryException(reason, "why"));
        }
        if (!call.how().critical()) {
            return CompletableFuture.completedFuture(Receipt.passedOn("m", 3));
        }
        stored.add(target + "=" + new String(call.payload(), StandardCharsets.UTF_8));
        return CompletableFuture.completedFuture(
                Receipt.stored("m" + stored.size(), new Position("e\"", stored.size())));
    });

    private interface Method {
        CompletionStage<Answer> call(byte[] body) throws IOException;
    }

    private static Answer answer(Method method, String body) throws IOException {
        return method.call(body.getBytes(StandardCharsets.UTF_8))
                .toCompletableFuture()
                .join();
    }

    private static String json(Answer answer) {
        return new String(answer.json(), StandardCharsets.UTF_8);
    }

    @Test
    void a_publish_is_answered_with_its_place() throws Exception {
        Answer answer = answer(api::publish, "{\"channel\":\"c\",\"data\":{}}");
        assertThat(answer).hasToString("200 {\"result\":{\"offset\":1,\"epoch\":\"e\\\"\"}}");
    }

    @Test
    void the_compatible_shape_tells_errors_with_200_and_the_protocols_codes() throws Exception {
        Answer full = answer(api::publish, "{\"channel\":\"full\",\"data\":{}}");
        assertThat(full).hasToString("200 {\"error\":{\"code\":106,\"message\":\"limit exceeded: why\"}}");
        Answer bad = answer(api::publish, "{\"channel\":\"bad\",\"data\":{}}");
        assertThat(bad.status()).isEqualTo(200);
        assertThat(json(bad)).contains("\"code\":107", "tags: \\\"id\\\" is reserved");
        assertThat(json(answer(api::publish, "{\"data\":{}}"))).contains("\"code\":107", "channel is required");
    }

    @Test
    void a_broadcast_is_answered_channel_by_channel() throws Exception {
        Answer answer = answer(api::broadcast, "{\"channels\":[\"a\",\"full\",\"b\"],\"data\":1}");
        assertThat(answer)
                .hasToString("200 {\"result\":{\"responses\":[{\"result\":{\"offset\":1,\"epoch\":\"e\\\"\"}},"
                        + "{\"error\":{\"code\":106,\"message\":\"limit exceeded: why\"}},"
                        + "{\"result\":{\"offset\":2,\"epoch\":\"e\\\"\"}}]}}");
    }

    @Test
    void a_send_is_answered_with_its_receipt() throws Exception {
        assertThat(answer(api::send, "{\"client\":\"u\",\"data\":1}"))
                .hasToString(
                        "200 {\"id\":\"m1\",\"offset\":1,\"epoch\":\"e\\\"\",\"duplicate\":false,\"stored\":true}");
        assertThat(answer(api::send, "{\"client\":\"u\",\"data\":1,\"critical\":false}"))
                .hasToString("200 {\"id\":\"m\",\"stored\":false,\"connections\":3}");
    }

    @Test
    void a_send_tells_what_is_wrong_by_status_and_field() throws Exception {
        Answer bad = answer(api::send, "{\"client\":\"bad\",\"data\":1}");
        assertThat(bad.status()).isEqualTo(400);
        assertThat(json(bad)).contains("\"code\":\"invalid_field\"").endsWith("\"field\":\"tags\"}}");
        Answer unknown = answer(api::send, "{\"client\":\"u\",\"data\":1,\"colour\":\"red\"}");
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(json(unknown)).contains("\"code\":\"unknown_field\"").endsWith("\"field\":\"colour\"}}");
        assertThat(stored).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID,400,0",
        "TOO_LARGE,400,0",
        "STREAM_FULL,409,0",
        "OVERLOADED,503,1",
        "OUTCOME_UNKNOWN,503,1",
        "UNAVAILABLE,503,5",
        "DRAINING,503,5",
    })
    void every_reason_has_its_status(Reason why, int status, int retryAfter) throws Exception {
        reason = why;
        Answer answer = answer(api::send, "{\"client\":\"full\",\"data\":1}");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.retryAfterSeconds()).isEqualTo(retryAfter);
    }

    @ParameterizedTest
    @CsvSource({
        "{},400,107",
        "'{\"channel\":\"bad\",\"data\":1}',400,107",
        "'{\"channel\":\"full\",\"data\":1}',409,106",
    })
    void an_error_has_a_status_for_callers_that_read_nothing_else(String body, int status, int code) throws Exception {
        Answer answer = answer(api::publish, body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.withStatus().status()).isEqualTo(status);
        assertThat(answer.withStatus().toString()).startsWith(status + " {\"code\":" + code + ",\"message\":");
        assertThat(answer(api::publish, "{\"channel\":\"a\",\"data\":1}")
                        .withStatus()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_broadcast_to_some_channels_in_vain_is_an_answer_and_no_error() throws Exception {
        Answer answer = answer(api::broadcast, "{\"channels\":[\"full\",\"a\"],\"data\":1}");
        assertThat(answer.withStatus()).isSameAs(answer);
    }
}
