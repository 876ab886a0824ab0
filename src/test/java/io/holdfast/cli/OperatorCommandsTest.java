package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.ApiDouble.Asked;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters, revocations, disconnects, drains. */
class OperatorCommandsTest {
    private static final String NOT_FOUND =
            "{\"error\":{\"code\":\"not_found\",\"message\":\"There is no dead letter with this number\"}}";

    private final ApiDouble server = new ApiDouble();

    @AfterEach
    void close() {
        server.close();
    }

    private CliRun.Around around() {
        return CliRun.around().with("HOLDFAST_URL", server.url());
    }

    private static String letter(long number) {
        return "{\"number\":" + number
                + ",\"client\":\"u44\",\"device\":\"a\",\"id\":\"m\",\"offset\":3,\"attempts\":5,"
                + "\"dead_at\":1790000000000,\"published_at\":0,\"data\":{\"n\":1},\"tags\":{}}";
    }

    private static String letters(int from, int number) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < number; i++) {
            all.append(i == 0 ? "" : ",").append(letter(from + i));
        }
        return "{\"dead_letters\":[" + all + "]}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"dead-letters", "dead-letters list"})
    void dead_letters_are_a_table_without_their_payloads(String command) {
        server.answers(200, letters(7, 2));
        CliRun run = around().run((command + " --client u/44 --after 6 --limit 2").split(" "));
        assertThat(server.asked())
                .extracting(Asked::path)
                .containsExactly("/api/dead-letters?after=6&limit=2&client=u%2F44");
        assertThat(run.out().lines())
                .containsExactly(
                        "number  client  device  id  attempts  dead_at               published_at",
                        "7       u44     a       m   5         2026-09-21T14:13:20Z  -",
                        "8       u44     a       m   5         2026-09-21T14:13:20Z  -");
        assertThat(run.err()).contains("--after 8");
    }

    @Test
    void scripts_get_dead_letters_as_they_are() {
        server.answers(200, letters(7, 1)).answers(200, letter(7));
        assertThat(around().run("dead-letters", "--json").out()).isEqualTo(letters(7, 1) + "\n");
        assertThat(around().run("dead-letters", "show", "7", "--json").out()).isEqualTo(letter(7) + "\n");
        assertThat(server.asked().get(1).path()).isEqualTo("/api/dead-letters/7");
    }

    @Test
    void each_letter_is_sent_again_and_one_that_is_gone_stops_nothing() {
        server.answers(200, "{\"id\":\"new-1\",\"stored\":true}")
                .answers(404, NOT_FOUND)
                .answers(200, "{\"id\":\"new-3\",\"stored\":true}");
        CliRun run = around().run("dead-letters", "resend", "1", "2", "3");
        assertThat(server.asked())
                .extracting(asked -> asked.method() + " " + asked.path())
                .containsExactly(
                        "POST /api/dead-letters/1/resend",
                        "POST /api/dead-letters/2/resend",
                        "POST /api/dead-letters/3/resend");
        assertThat(run.out().lines())
                .containsExactly(
                        "Dead letter 1 is sent again, with the id new-1",
                        "Dead letter 3 is sent again, with the id new-3");
        assertThat(run.err()).contains("Dead letter 2: There is no dead letter");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void all_are_read_page_by_page_before_the_first_is_touched() {
        server.answers(200, letters(1, 100)).answers(200, letters(101, 1));
        for (int i = 0; i < 101; i++) {
            server.answers(200, "{}");
        }
        CliRun run = around().run("dead-letters", "discard", "--all", "--client", "u44", "--json");
        assertThat(run.exit()).isZero();
        assertThat(run.out().lines()).hasSize(101).last().isEqualTo("{\"number\":101,\"discarded\":true}");
        assertThat(server.asked())
                .extracting(Asked::path)
                .startsWith(
                        "/api/dead-letters?after=0&limit=100&client=u44",
                        "/api/dead-letters?after=100&limit=100&client=u44",
                        "/api/dead-letters/1/discard")
                .endsWith("/api/dead-letters/101/discard");
    }

    @Test
    void what_is_not_allowed_ends_at_the_first() {
        server.answers(403, "{}");
        CliRun run = around().run("dead-letters", "discard", "1", "2");
        assertThat(run.exit()).isEqualTo(4);
        assertThat(server.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dead-letters resend",
                "dead-letters discard 1 --all",
                "dead-letters discard 1 --client u",
                "dead-letters show",
                "dead-letters show x",
                "revoke",
                "revoke u --token-id t",
                "revoke u --undo --ttl 5m",
                "disconnect",
                "disconnect u --code x",
                "drain --window 1500ms",
                "drain x"
            })
    void what_is_unclear_is_not_done(String line) {
        CliRun run = around().run(line.split(" "));
        assertThat(run.exit()).as(run.toString()).isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "revoke u/1 | POST /api/revoke {\"client\":\"u/1\"}",
                "revoke u --ttl 1h30m | POST /api/revoke {\"client\":\"u\",\"ttl\":5400}",
                "revoke u --undo | POST /api/revoke {\"client\":\"u\",\"ttl\":0}",
                "revoke --token-id t7 --ttl 1.5 | POST /api/revoke {\"token_id\":\"t7\",\"ttl\":1.5}",
                "revoke u --issued-before 2026-09-21T14:13:20Z | POST /api/revoke {\"client\":\"u\",\"issued_before\":1790000000}",
                "disconnect u | POST /api/disconnect {\"user\":\"u\"}",
                "disconnect u --connection c1 | POST /api/disconnect {\"user\":\"u\",\"client\":\"c1\"}",
                "disconnect u --code 4501 --reason bye | POST /api/disconnect {\"user\":\"u\",\"disconnect\":{\"code\":4501,\"reason\":\"bye\"}}",
                "disconnect u --reason bye | POST /api/disconnect {\"user\":\"u\",\"disconnect\":{\"reason\":\"bye\"}}",
                "drain | POST /api/drain?window=10 {}",
                "drain 7 --window 2m | POST /api/drain?window=120&node=7 {}",
                "nodes drain 7 --window 20 | POST /api/drain?window=20&node=7 {}",
            })
    void operators_calls_have_the_paths_and_bodies_of_the_api(String line, String call) {
        server.answers(200, "{\"result\":{}}");
        CliRun run = around().run(line.split(" "));
        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(server.asked())
                .extracting(asked -> asked.method() + " " + asked.path() + " " + asked.body())
                .containsExactly(call);
    }

    @Test
    void now_is_a_moment() {
        server.answers(200, "{\"closed\":2,\"expires_at\":1790000000000}");
        CliRun run = around().run("revoke", "u", "--issued-before", "now");
        long now = Instant.now().getEpochSecond();
        long sent = Long.parseLong(server.asked().get(0).body().replaceAll(".*\"issued_before\":(\\d+).*", "$1"));
        assertThat(sent).isBetween(now - 60, now);
        assertThat(run.out()).isEqualTo("The client u is revoked until 2026-09-21T14:13:20Z. Closed connections: 2\n");
    }

    @Test
    void revocations_of_clients_and_tokens_are_one_table() {
        String answer =
                "{\"revocations\":[{\"client\":\"u\",\"issued_before\":1790000000,\"expires_at\":1790000060000},"
                        + "{\"token_id\":\"t7\",\"expires_at\":1790000060000}],\"total\":1002}";
        server.answers(200, answer).answers(200, answer);
        CliRun run = around().run("revocations");
        assertThat(run.out().lines())
                .containsExactly(
                        "client  token_id  issued_before         expires_at",
                        "u       -         2026-09-21T14:13:20Z  2026-09-21T14:14:20Z",
                        "-       t7        -                     2026-09-21T14:14:20Z");
        assertThat(run.err()).isEqualTo("2 of 1002 are listed.\n");
        assertThat(around().run("revocations", "--json").out()).isEqualTo(answer + "\n");
    }

    @Test
    void a_drain_is_reported_in_a_sentence() {
        server.answers(200, "{\"connections\":120,\"unwritten\":0,\"ms\":3200,\"stats\":{}}")
                .answers(200, "{\"connections\":120,\"unwritten\":4,\"ms\":3200,\"stats\":{}}");
        assertThat(around().run("drain").out()).isEqualTo("Drained in 3.2 s. Closed connections: 120\n");
        assertThat(around().run("drain").out()).contains("to 4 of them not everything could be written");
    }

    @Test
    void the_time_since_a_node_runs_is_shown_as_a_moment() {
        server.answers(200, "{\"nodes\":[{\"number\":7,\"this\":true,\"since\":1790000000000,\"version\":\"1\"}]}");
        assertThat(around().run("nodes").out().lines())
                .containsExactly(
                        "number  this  since_at              version", "7       true  2026-09-21T14:13:20Z  1");
    }
}
