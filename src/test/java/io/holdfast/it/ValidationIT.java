package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.validate.Format;
import io.holdfast.validate.Outcome;
import io.holdfast.validate.Result;
import io.holdfast.validate.Scenario;
import io.holdfast.validate.Settings;
import io.holdfast.validate.Suite;
import io.holdfast.validate.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The short form of the validation suite: each scenario is a test, in both formats, insecure and with tokens. */
@ExtendWith(Gateway.class)
class ValidationIT {
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final String KEY = "a-key-for-the-validation-suite";

    /** Longer than a ping takes where pings are short. */
    private static final Duration IDLE = Duration.ofSeconds(4);

    /** They wait for these time-outs and pings. */
    private static final Set<String> WAITING = Set.of("no-connect", "no-pong", "idle");

    private static final Map<String, String> SHORT_TIMES = Map.of(
            "holdfast.insecure", "true",
            "holdfast.connect.timeout", "2",
            "holdfast.ping.interval", "1",
            "holdfast.pong.timeout", "2");

    private static @Nullable LibertyServer secured;
    private static @Nullable LibertyServer impatient;

    private final LibertyServer insecure;

    ValidationIT(LibertyServer insecure) {
        this.insecure = insecure;
    }

    @AfterAll
    static void stop() {
        if (secured != null) {
            secured.close();
        }
        if (impatient != null) {
            impatient.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> in_insecure_mode() {
        return tests(insecure, new Target(insecure.http(), insecure.health(), LibertyServer.API_KEY, null));
    }

    @TestFactory
    Stream<DynamicTest> with_tokens_and_keys() {
        LibertyServer server = LibertyServer.prepare(
                        "validation",
                        Map.of("holdfast.token.hmac-secret", SECRET, "holdfast.api.keys", Tokens.hashed("admin", KEY)))
                .start();
        secured = server;
        return tests(server, new Target(server.http(), server.health(), KEY, SECRET));
    }

    /** What the short form leaves out because it takes long where pings and time-outs are as usual. */
    @TestFactory
    Stream<DynamicTest> where_pings_and_time_outs_are_short() {
        LibertyServer server = LibertyServer.prepare("impatient", SHORT_TIMES).start();
        impatient = server;
        Target target = new Target(server.http(), server.health(), LibertyServer.API_KEY, null);
        Suite suite = new Suite(target, settings(server.console(), WAITING), null);
        assertThat(suite.chosen()).extracting(Scenario::name).containsExactlyInAnyOrderElementsOf(WAITING);
        return tests(suite, suite.chosen(), Machine::lacks);
    }

    private static Stream<DynamicTest> tests(LibertyServer server, Target target) {
        Suite suite = new Suite(target, settings(server.console(), Set.of()), null);
        return tests(suite, suite.chosen(), Assumptions::abort);
    }

    /** @param skipped is told why a scenario was skipped, and throws */
    static Stream<DynamicTest> tests(Suite suite, List<Scenario> scenarios, Consumer<String> skipped) {
        return scenarios.stream()
                .flatMap(scenario -> Stream.of(Format.values())
                        .map(format -> DynamicTest.dynamicTest(
                                scenario.name() + " " + format, () -> run(suite, scenario, format, skipped))));
    }

    private static Settings settings(Path log, Set<String> only) {
        return new Settings(
                List.of(Format.values()),
                ThreadLocalRandom.current().nextInt(),
                only,
                true,
                false,
                Duration.ofSeconds(10),
                IDLE,
                Duration.ofSeconds(5),
                log);
    }

    private static void run(Suite suite, Scenario scenario, Format format, Consumer<String> skipped) {
        Result result = suite.run(scenario, format);
        Outcome outcome = result.outcome();
        if (outcome.kind() == Outcome.Kind.SKIPPED) {
            skipped.accept(outcome.detail());
        }
        assertThat(outcome.kind())
                .as("%s: %s (seed %d)", scenario.claim(), outcome.detail(), suite.seed())
                .isEqualTo(Outcome.Kind.PASSED);
    }
}
