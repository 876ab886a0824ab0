package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.bench.MockServer.Mischief;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
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
    @ValueSource(strings = {"fanout", "direct"})
    void bytes_on_the_wire_are_counted_for_each_delivery(String scenario) throws IOException {
        Result result = run(Mischief.NONE, scenario);

        assertThat((Double) result.more().get("bytesPerDelivery")).isBetween(Payload.DEFAULT_LENGTH + 60.0, 280.0);
    }

    @Test
    void a_start_is_measured_until_readiness_and_the_server_is_ended() throws IOException {
        int port = freePort();
        Options options =
                OptionsTest.parse("start", "--host", "127.0.0.1", "--port", "" + port, "--start-cmd", mock(port));

        Result result = Load.run(options, Load.named("start"));

        assertThat(result.more()).containsKeys("readyAfterSeconds", "cpuSecondsUntilReady", "residentMegabytes");
        assertThat(result.cpuSeconds()).isPositive();
        assertThat(result.seconds()).isPositive();
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void a_start_is_refused_where_a_server_runs_already() throws IOException {
        try (MockServer server = new MockServer(Mischief.NONE)) {
            Options options = OptionsTest.parse(
                    "start", "--host", "127.0.0.1", "--port", "" + server.port(), "--start-cmd", "exit 1");

            assertThatThrownBy(() -> Load.run(options, Load.named("start"))).hasMessageContaining("answers at port");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String mock(int port) {
        return "exec '" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -cp '"
                + System.getProperty("java.class.path") + "' " + MockServer.class.getName() + " " + port;
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
