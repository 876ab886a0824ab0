package io.holdfast.it;

import io.holdfast.client.Trust;
import io.holdfast.validate.Format;
import io.holdfast.validate.HostScenarios;
import io.holdfast.validate.Settings;
import io.holdfast.validate.Spawned;
import io.holdfast.validate.Suite;
import io.holdfast.validate.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The faults of the validation suite, and faults of the machine, against a gateway that the suite starts, kills and stops
 * itself. And {@code large-presence}, which the short form leaves out.
 */
@Tag("slow")
class ValidationChaosIT {
    private static Spawned spawned;
    private static Suite suite;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        LibertyServer prepared = LibertyServer.prepare("validation-chaos", Map.of("holdfast.insecure", "true"));
        spawned = new Spawned(
                prepared.command(), prepared.health().resolve("/health/ready"), Trust.ofJava(), prepared.console());
        spawned.start(Map.of());
        Settings settings = new Settings(
                List.of(Format.values()),
                ThreadLocalRandom.current().nextInt(),
                Set.of("chaos", "spawn", "silent-log", "large-presence"),
                false,
                true,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                null);
        suite = new Suite(
                new Target(prepared.http(), prepared.health(), LibertyServer.API_KEY, null), settings, spawned);
    }

    @AfterAll
    static void stop() {
        if (spawned != null) {
            spawned.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> nothing_is_lost_doubled_reordered_or_unsignalled() {
        return ValidationIT.tests(suite, suite.chosen(), Assumptions::abort);
    }

    @TestFactory
    Stream<DynamicTest> nothing_is_lost_when_memory_clock_or_disk_fail() {
        return ValidationIT.tests(suite, HostScenarios.all(), Machine::lacks);
    }
}
