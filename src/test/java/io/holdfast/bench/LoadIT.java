package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.bench.MockServer.Mischief;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The load program must find every fault of a server, and none in a server without faults. */
class LoadIT {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fanout",
                "fanout --via socket",
                "direct",
                "direct --via batch --batch 7",
                "direct --via socket --batch 7",
                "return",
                "return --via batch"
            })
    void a_server_without_faults_is_found_without_faults(String scenario) throws IOException {
        Result result = run(Mischief.NONE, scenario);

        assertThat(result.problems()).isEmpty();
        assertThat(result.faults()).isEqualTo(Faults.NONE);
        assertThat(result.deliveries()).isGreaterThan(100);
        assertThat(result.messagesPerFrame()).isGreaterThan(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "publish",
                "publish --cold",
                "publish --to outbox",
                "publish --via batch --batch 7",
                "publish --via batch --batch 7 --to outbox",
                "publish --via socket --batch 7",
                "publish --rate 400"
            })
    void publishing_to_nobody_is_measured_by_its_receipts(String scenario) throws IOException {
        Result result = run(Mischief.NONE, scenario);

        assertThat(result.isClean()).isTrue();
        assertThat(result.deliveries()).isZero();
        assertThat(result.counted()).isEqualTo(result.messages()).isGreaterThan(100);
        assertThat(result.latency().getTotalCount()).isPositive().isLessThanOrEqualTo(result.messages());
    }

    @Test
    void a_refused_publication_to_nobody_is_a_problem() throws IOException {
        assertThat(run(Mischief.REFUSE, "publish").problems())
                .singleElement()
                .asString()
                .contains("refused", "internal");
    }

    @Test
    void connects_are_counted_and_measured_twice() throws IOException {
        Result result = run(Mischief.NONE, "connect");

        assertThat(result.isClean()).isTrue();
        assertThat(result.counted()).isEqualTo(10);
        assertThat(result.more()).containsKeys("cpuMillisEachAtFirst", "cpuMillisEach", "cpuMillisToLeave");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fanout", "direct", "return"})
    void lost_messages_are_found(String scenario) throws IOException {
        Faults faults = run(Mischief.DROP, scenario).faults();

        assertThat(faults.lost()).isPositive();
        assertThat(faults).isEqualTo(new Faults(faults.lost(), 0, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fanout", "direct", "return"})
    void doubled_messages_are_found(String scenario) throws IOException {
        Faults faults = run(Mischief.DOUBLE, scenario).faults();

        assertThat(faults.doubled()).isPositive();
        assertThat(faults).isEqualTo(new Faults(0, faults.doubled(), 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fanout", "direct", "return"})
    void reordered_messages_are_found(String scenario) throws IOException {
        Faults faults = run(Mischief.REORDER, scenario + " --under-way 40").faults();

        assertThat(faults.reordered()).isPositive();
        assertThat(faults.doubled()).isZero();
    }

    @Test
    void changed_bytes_are_found() throws IOException {
        assertThat(run(Mischief.CORRUPT, "fanout").faults().corrupt()).isPositive();
    }

    @Test
    void a_message_to_the_wrong_client_is_found() throws IOException {
        Faults faults = run(Mischief.MISROUTE, "direct").faults();

        assertThat(faults.misrouted()).isPositive();
        assertThat(faults.lost()).isEqualTo(faults.misrouted());
    }

    @Test
    void a_refused_message_is_a_problem_but_not_a_lost_one() throws IOException {
        Result result = run(Mischief.REFUSE, "fanout");

        assertThat(result.problems()).singleElement().asString().contains("refused", "internal");
        assertThat(result.faults()).isEqualTo(Faults.NONE);
    }

    @Test
    void a_connection_that_the_server_ends_is_a_problem_with_its_close_code() throws IOException {
        Result result = run(Mischief.CLOSE, "fanout");

        assertThat(result.problems()).singleElement().asString().contains("close 3008 slow");
    }

    @Test
    void stalled_subscribers_are_not_waited_for() throws IOException {
        Result result = run(Mischief.NONE, "fanout --stalled 10 --patience 2");

        assertThat(result.isClean()).isTrue();
        assertThat(result.deliveries()).isEqualTo(result.messages() * 9);
    }

    @Test
    void a_fixed_rate_is_kept() throws IOException {
        Result result = run(Mischief.NONE, "fanout --rate 200 --seconds 0.5");

        assertThat(result.isClean()).isTrue();
        assertThat(result.messages()).isBetween(90L, 110L);
    }

    private static Result run(Mischief mischief, String scenario) throws IOException {
        try (MockServer server = new MockServer(mischief)) {
            List<String> arguments = new ArrayList<>(List.of(scenario.split(" ")));
            arguments.addAll(
                    1,
                    List.of(
                            "--host",
                            "127.0.0.1",
                            "--port",
                            Integer.toString(server.port()),
                            "--clients",
                            "10",
                            "--warmup",
                            "0.1",
                            "--seconds",
                            "0.3",
                            "--pending",
                            "50",
                            "--patience",
                            mischief == Mischief.NONE ? "10" : "0.3"));
            Options options = OptionsTest.parse(arguments.toArray(String[]::new));
            Result result = Load.run(options, Load.named(arguments.get(0)));
            assertThat(server.requestsWithoutKey()).isZero();
            return result;
        }
    }
}
