package io.holdfast.validate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each defect of a gateway is noticed by exactly the scenarios that are there for it. */
class BrokenGatewayIT {
    /** What the double speaks enough of the protocol for. */
    private static final Set<String> SCENARIOS = Set.of(
            "upgrade",
            "foreign-origin",
            "connect-reply",
            "connect-first",
            "ordering",
            "channel",
            "deduplication",
            "separation",
            "cut",
            "backlog",
            "channel-recovery",
            "fresh-instance",
            "fresh-unconfirmed",
            "other-epoch",
            "overflow",
            "expiry",
            "message-states",
            "answered-ping",
            "wrong-ack",
            "unknown-message",
            "foreign-outbox",
            "api-key",
            "silent-errors",
            "slow-consumer",
            "tab-cut",
            "tab-stalled",
            "tab-slow",
            "device-cut",
            "device-reloaded",
            "device-replaced",
            "replaced-device",
            "unreadable-body",
            "one-frame",
            "queued-count",
            "admin-burst",
            "latency");

    /** It makes hundreds of calls, so that it is run only where it must notice something. */
    private static final String COSTLY = "admin-burst";

    /** They wait more than they work. */
    private static final int AT_ONCE = 8;

    private static final ExecutorService POOL = Executors.newFixedThreadPool(AT_ONCE);
    private static final Map<Defect, Future<List<Result>>> VALIDATED = new EnumMap<>(Defect.class);

    /** The first call begins them all. */
    private static synchronized Future<List<Result>> validated(Defect wanted) {
        if (VALIDATED.isEmpty()) {
            for (Defect defect : Defect.values()) {
                VALIDATED.put(defect, POOL.submit(() -> validated(defect.patience(), defect)));
            }
        }
        return requireNonNull(VALIDATED.get(wanted));
    }

    @AfterAll
    static void end() {
        POOL.shutdownNow();
    }

    private static List<Result> validated(Duration patience, Defect... defects) throws IOException {
        try (BrokenGateway gateway = new BrokenGateway(defects)) {
            Settings settings = new Settings(
                    List.of(Format.values()),
                    17,
                    chosen(defects),
                    true,
                    false,
                    patience,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    null);
            Target target = new Target(gateway.base(), gateway.base(), "dev", null);
            return new Suite(target, settings, null).run(result -> {});
        }
    }

    private static Set<String> chosen(Defect... defects) {
        Set<String> chosen = new HashSet<>(SCENARIOS);
        if (Stream.of(defects).anyMatch(defect -> !defect.noticedBy().contains(COSTLY))) {
            chosen.remove(COSTLY);
        }
        return chosen;
    }

    private static Set<String> failed(List<Result> results, Format format) {
        return results.stream()
                .filter(result -> result.format() == format)
                .filter(result -> result.outcome().kind() != Outcome.Kind.PASSED)
                .map(result -> result.scenario().name())
                .collect(Collectors.toSet());
    }

    @Test
    void without_a_defect_everything_holds() throws IOException {
        List<Result> results = validated(Duration.ofSeconds(2));
        assertThat(results).hasSize(2 * SCENARIOS.size());
        assertThat(results)
                .allSatisfy(result -> assertThat(result.outcome().kind())
                        .as(Report.line(result))
                        .isEqualTo(Outcome.Kind.PASSED));
    }

    @ParameterizedTest
    @EnumSource(names = {"STORES_TWICE", "FORGETS_THE_SIGNAL"})
    void two_of_the_defects_are_noticed_in_every_build(Defect defect) throws IOException {
        noticed(defect, validated(defect.patience(), defect));
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void a_defect_is_noticed_by_its_scenarios_and_by_no_other(Defect defect) throws Exception {
        noticed(defect, validated(defect).get());
    }

    private static void noticed(Defect defect, List<Result> results) {
        String report = results.stream().map(Report::line).collect(Collectors.joining("\n"));
        for (Format format : Format.values()) {
            Set<String> failed = failed(results, format);
            assertThat(failed).as(report).containsAll(defect.noticedBy());
            failed.removeAll(defect.mayBreak());
            assertThat(failed).as(report).isEqualTo(defect.noticedBy());
        }
        assertThat(results)
                .filteredOn(
                        result -> defect.noticedBy().contains(result.scenario().name()))
                .allSatisfy(result -> assertThat(result.outcome().detail()).containsPattern(defect.words()));
    }
}
