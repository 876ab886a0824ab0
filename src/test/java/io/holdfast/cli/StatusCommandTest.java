package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.ApiDouble.Asked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The status, once and again and again. */
class StatusCommandTest {
    private static final String INFO = "{\"result\":{\"nodes\":[{\"name\":\"n1\",\"version\":\"1.2\",\"num_clients\":3,"
            + "\"num_users\":2,\"uptime\":93784}]}}";
    private static final String STORE = "{\"bytes\":1610612736}";

    private final ApiDouble server = new ApiDouble();

    @AfterEach
    void close() {
        server.close();
    }

    private CliRun.Around around() {
        return CliRun.around().with("HOLDFAST_URL", server.url()).with("HOLDFAST_HEALTH_URL", server.url());
    }

    private static String metrics(long accepted) {
        return "{\"connections\":{\"total\":1500,\"active\":3,\"failed\":0,\"timeouts\":0,\"slow\":2},"
                + "\"messages\":{\"accepted\":" + accepted + ",\"sent\":0,\"acknowledged\":0,\"queued\":4,\"dead\":1},"
                + "\"queue\":{\"current_size\":5},"
                + "\"circuit_breaker\":{\"engine_open\":false,\"open\":1,\"half_open\":0},"
                + "\"send_latency\":{\"count\":9,\"p50_ms\":2,\"p99_ms\":12,\"at_most\":{\"1\":3}},"
                + "\"confirm_latency\":{\"count\":0},\"limits\":{\"connects\":7,\"frames\":0}}";
    }

    private void answers(long accepted) {
        server.answers(200, INFO)
                .answers(200, metrics(accepted))
                .answers(200, STORE)
                .answers(200, "{\"status\":\"healthy\"}");
    }

    @Test
    void people_get_a_summary_with_rates() {
        answers(10);
        answers(1_000_010);
        CliRun run = around().run("status", "--over", "200ms");
        assertThat(run.exit()).as(run.toString()).isZero();
        String rate = run.out().replaceAll("(?s).*messages +([\\d,.]+)/s stored.*", "$1");
        assertThat(Double.parseDouble(rate.replace(",", ""))).as(run.out()).isBetween(1_000.0, 5_000_000.0);
        assertThat(run.out().replace(rate, "RATE").lines())
                .containsExactly(
                        "Holdfast 1.2 at " + server.url() + ", up 1d 2h",
                        "health       healthy",
                        "connections  3 open, 1,500 since the start; ended 2 too slow",
                        "messages     RATE/s stored, 0.0/s written, 0.0/s confirmed",
                        "waiting      4 in outboxes, 5 to be stored",
                        "given up     1 dead",
                        "latency      2 ms (99 %: 12 ms) to the connection; - to the confirmation",
                        "breakers     engine in order; recipients: 1 open, 0 half open",
                        "limits hit   connects 7",
                        "store        1.5 GiB");
    }

    @Test
    void scripts_get_the_raw_values_of_one_moment() {
        answers(10);
        CliRun run = around().run("status", "--json");
        assertThat(run.json().path("url").asText()).isEqualTo(server.url());
        assertThat(run.json().path("info").path("nodes").get(0).path("name").asText())
                .isEqualTo("n1");
        assertThat(run.json()
                        .path("metrics")
                        .path("send_latency")
                        .path("at_most")
                        .path("1")
                        .asInt())
                .isEqualTo(3);
        assertThat(run.json().path("store").path("bytes").asLong()).isEqualTo(1610612736);
        assertThat(run.json().path("health").path("status").asText()).isEqualTo("healthy");
        assertThat(server.asked())
                .extracting(Asked::path)
                .containsExactly("/api/info", "/api/metrics", "/api/store", "/health/websocket");
        assertThat(server.asked().get(3).key())
                .as("the health port gets no key")
                .isEmpty();
    }

    @Test
    void what_is_not_known_is_said_and_the_rest_shown() {
        for (int i = 0; i < 2; i++) {
            server.answers(200, INFO)
                    .answers(200, metrics(1).replace("\"engine_open\":false", "\"engine_open\":true"))
                    .answers(503, "{\"error\":{\"code\":\"unavailable\",\"message\":\"no\"}}")
                    .answers(404, "<html>");
        }
        CliRun run = around().run("status", "--over", "1ms");
        assertThat(run.exit()).isZero();
        assertThat(run.out())
                .contains("health       not known", "--health-url", "ENGINE REFUSES")
                .doesNotContain("store ");
    }

    @Test
    void several_nodes_are_listed() {
        String nodes = "{\"result\":{\"nodes\":[{\"name\":\"n1\",\"version\":\"1.2\",\"num_clients\":3,\"num_users\":2,"
                + "\"uptime\":59},{\"name\":\"n2\",\"version\":\"1.2\",\"num_clients\":4,\"num_users\":4,\"uptime\":61}],"
                + "\"missing_nodes\":[7]}}";
        for (int i = 0; i < 2; i++) {
            server.answers(200, nodes)
                    .answers(200, metrics(1))
                    .answers(200, STORE)
                    .answers(200, "{\"status\":\"x\"}");
        }
        assertThat(around().run("status", "--over", "1ms").out())
                .contains(
                        "Holdfast at " + server.url() + "\n",
                        "node  version  connections  clients  up\n",
                        "n2    1.2      4            4        1m 1s\n",
                        "no answer from the nodes [7]");
    }

    @ParameterizedTest
    @CsvSource({"0,0s", "59,59s", "61,1m 1s", "3600,1h 0m", "93784,1d 2h"})
    void times_have_two_units(long seconds, String text) {
        assertThat(Summary.time(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.0 KiB", "1610612736,1.5 GiB", "2251799813685248,2048.0 TiB"})
    void sizes_have_one_unit(long bytes, String text) {
        assertThat(Summary.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void watch_draws_over_what_was_on_a_terminal() {
        answers(10);
        answers(20);
        CliRun run = around().onTerminal().run("watch", "--interval", "100ms", "--count", "2");
        assertThat(run.exit()).as(run.toString()).isZero();
        String[] pages = run.out().split("\033\\[H", -1);
        assertThat(pages).hasSize(3);
        assertThat(pages[1])
                .startsWith("\033[JHoldfast 1.2 at ")
                .contains("(measuring)\033[K\n")
                .endsWith("\033[J");
        assertThat(pages[2])
                .startsWith("Holdfast 1.2 at ")
                .contains("/s stored")
                .endsWith("\033[J");
    }

    @Test
    void watch_goes_on_where_the_server_is_away_for_a_while() {
        answers(10);
        server.answers(503, "<html>");
        answers(3);
        CliRun run = around().run("watch", "--interval", "100ms", "--count", "3");
        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.out()).contains("The server answers 503.", "messages     -/s stored");
    }

    @Test
    void watch_prints_a_document_each_time_for_scripts() {
        answers(10);
        answers(20);
        CliRun run = around().run("watch", "--interval", "100ms", "--count", "2", "--json");
        assertThat(run.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"url\":"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404})
    void watch_ends_if_it_cannot_begin(int status) {
        server.answers(status, "{}");
        assertThat(around().run("watch", "--count", "5").exit()).isIn(1, 4);
        assertThat(server.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status --over 0", "status --over 2h", "watch --interval 1ms", "watch --count -1"})
    void times_and_counts_have_bounds(String line) {
        assertThat(around().run(line.split(" ")).exit()).isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }
}
