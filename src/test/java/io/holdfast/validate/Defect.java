package io.holdfast.validate;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What can be wrong with a gateway, which scenarios must notice, and in what words. */
enum Defect {
    DROPS("lost [1-9].*unsignalled [1-9]|has got [0-9]+ of 1 within", Checks.ALL_MESSAGES),
    DOUBLES("doubled [1-9]", Checks.ALL_MESSAGES),
    REORDERS("reordered [1-9]", Checks.MANY_MESSAGES),
    FORGETS_THE_SIGNAL("recovered|told", Set.of("other-epoch", "overflow")),
    STORES_TWICE("not called a duplicate", Set.of("deduplication")),
    DELIVERS_THE_EXPIRED("expired message was delivered", Set.of("expiry")),
    NEVER_CONFIRMS(
            "without success|did not get",
            Checks.and(Checks.DEVICES, "message-states", "answered-ping", "fresh-instance")),
    TRIMS_WHAT_ONE_CONFIRMED(
            "lost [1-9]", Set.of("tab-cut", "tab-slow", "device-cut", "device-reloaded", "device-replaced")),
    SHARES_CURSORS("lost [1-9]", Set.of("device-reloaded")),
    TAKES_WHAT_IT_CANNOT_READ("is 200", Set.of("unreadable-body")),
    ANSWERS_OUT_OF_ORDER("history is 0 instead of 1", Set.of("one-frame")),
    FAILS_AFTER_A_BURST("503", Set.of("admin-burst", "latency")), // which comes after it
    COUNTS_THE_CONNECTED_ALONE("has grown", Set.of("queued-count")),
    CONFIRMS_WHAT_IT_WRITES(
            "acknowledged|has got 0 of 5|until the state is sent|no ping came",
            Set.of("message-states", "answered-ping", "wrong-ack", "fresh-unconfirmed")),
    FORGETS_CURSORS("doubled [1-9]|what the fresh instance got", Set.of("message-states", "fresh-instance")),
    DELIVERS_TO_EVERYBODY("a message of the other one", Set.of("separation")),
    LEAKS_PAYLOADS("contains the payload", Set.of("silent-errors")),
    TAKES_ANY_ORIGIN("is 101 instead of 403", Set.of("foreign-origin")),
    NEEDS_NO_KEY("is 200 instead of 401|is 400 instead of 401", Set.of("api-key")),
    OPENS_OUTBOXES("is 0 instead of 103", Set.of("foreign-outbox")),
    WAITS_FOR_THE_SLOW("timed out|has got 0 of 1|HttpTimeout", Set.of("slow-consumer", "tab-slow")),
    DAWDLES("p99 is 1[0-9]{3}", Set.of("latency"));

    private final String words;
    private final Set<String> noticedBy;

    Defect(String words, Set<String> noticedBy) {
        this.words = words;
        this.noticedBy = noticedBy;
    }

    /** What it may break besides, if it hits the moment: what was confirmed too early is not sent again. */
    Set<String> mayBreak() {
        return switch (this) {
            case CONFIRMS_WHAT_IT_WRITES -> Set.of("fresh-instance", "cut", "expiry", "overflow", "device-reloaded");
            case TRIMS_WHAT_ONE_CONFIRMED -> Set.of("tab-stalled"); // if its line is cut at the end
            default -> Set.of();
        };
    }

    /** What comes late must come in time for all scenarios but the one that measures it. */
    Duration patience() {
        return this == DAWDLES ? Duration.ofSeconds(10) : Duration.ofSeconds(2);
    }

    /** A regular expression that is found in each reason. */
    String words() {
        return words;
    }

    Set<String> noticedBy() {
        return noticedBy;
    }

    /** An enum's constants cannot see its own static fields. */
    private static final class Checks {
        /** Those with two tabs or devices of which one is away. */
        static final Set<String> DEVICES =
                Set.of("tab-cut", "tab-stalled", "tab-slow", "device-cut", "device-reloaded", "device-replaced");

        /** Those that send enough messages for a defect that shows at every tenth. */
        static final Set<String> MANY_MESSAGES = and(
                DEVICES,
                "ordering",
                "channel",
                "cut",
                "backlog",
                "channel-recovery",
                "fresh-instance",
                "overflow",
                "slow-consumer");

        /** And the one that waits for each before it sends the next. */
        static final Set<String> ALL_MESSAGES = and(MANY_MESSAGES, "latency");

        static Set<String> and(Set<String> some, String... more) {
            return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
        }
    }
}
