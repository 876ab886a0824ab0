package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.client.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What the load program writes: tokens, reports. */
class WireTest {

    @Test
    void a_greeting_has_a_token_of_its_client_that_is_signed() throws Exception {
        String secret = "a secret of thirty-two bytes, or more";
        String token = Target.holdfast(secret, true, JsonSpeech.INSTANCE)
                .greeting("b17", null)
                .token();

        assertThat(Tokens.isSigned(secret, token)).isTrue();
        assertThat(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8))
                .startsWith("{\"sub\":\"b17\",\"exp\":");
    }

    @Test
    void a_series_is_a_row_with_the_median_and_the_extremes() {
        String row = Report.median(List.of(started(3.0), started(9.0), started(1.0), started(4.0)));

        assertThat(row).contains("| **start, median of 4 (least – most)** |", "ready after seconds 3.50 (1.00 – 9.00)");
        assertThat(Report.median(List.of(started(3.0), started(9.0), started(1.0))))
                .contains("ready after seconds 3.00 (1.00 – 9.00)");
    }

    private static Result started(double seconds) {
        return new Result(
                "start",
                "holdfast",
                0,
                0,
                0,
                seconds,
                1,
                0,
                Result.latencies(),
                Faults.NONE,
                List.of(),
                Map.of("readyAfterSeconds", seconds));
    }

    @Test
    void a_report_is_a_table_row_and_json() {
        Histogram latency = Result.latencies();
        latency.recordValue(1500);
        Result result = new Result(
                "fan-out",
                "bare",
                10,
                5,
                50,
                2,
                0.5,
                1.5,
                latency,
                new Faults(1, 2, 3, 0, 0),
                List.of("a \"b\""),
                Map.of("heapKilobytes", 7));

        assertThat(Report.row(result))
                .contains(
                        "| fan-out | bare | 10 | 50 | 25 | 10000.00 | 1.5 | 1.50 / 1.50 / 1.50 | 1 / 2 / 3 | heap kilobytes 7 **a \"b\"** |");
        assertThat(Report.json(List.of(result)))
                .contains("\"cpuSecondsPerMillion\":10000.0000", "\"problems\":[\"a \\\"b\\\"\"]", "\"lost\":1");
        assertThat(result.isClean()).isFalse();
    }
}
