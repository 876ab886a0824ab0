package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** The short form of the validation suite: each scenario is a test, in both formats, insecure and with tokens. */
@ExtendWith(Gateway.class)
class ValidationIT {
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final String KEY = "a-key-for-the-validation-suite";

    private static @Nullable LibertyServer secured;

    private final LibertyServer insecure;

    ValidationIT(LibertyServer insecure) {
        this.insecure = insecure;
    }

    @AfterAll
    static void stop() {
        if (secured != null) {
            secured.close();
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

    private static Stream<DynamicTest> tests(LibertyServer server, Target target) {
        Suite suite = new Suite(target, settings(server.console()), null);
        return tests(suite, suite.chosen());
    }

    static Stream<DynamicTest> tests(Suite suite, List<Scenario> scenarios) {
        return scenarios.stream()
                .flatMap(scenario -> Stream.of(Format.values())
                        .map(format -> DynamicTest.dynamicTest(
                                scenario.name() + " " + format, () -> run(suite, scenario, format))));
    }

    private static Settings settings(Path log) {
        return new Settings(
                List.of(Format.values()),
                ThreadLocalRandom.current().nextInt(),
                Set.of(),
                true,
                false,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                log);
    }

    private static void run(Suite suite, Scenario scenario, Format format) {
        Result result = suite.run(scenario, format);
        Outcome outcome = result.outcome();
        if (outcome.kind() == Outcome.Kind.SKIPPED) {
            abort(outcome.detail());
        }
        assertThat(outcome.kind())
                .as("%s: %s (seed %d)", scenario.claim(), outcome.detail(), suite.seed())
                .isEqualTo(Outcome.Kind.PASSED);
    }
}
