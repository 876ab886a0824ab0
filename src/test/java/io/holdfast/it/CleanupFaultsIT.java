package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A cleanup cycle over some 770 resources, under load, is killed and stopped in its midst. The moments are seeded:
 * {@code -Dholdfast.seed}; {@code -Dholdfast.cleanup.kills} kills each kind of cycle more often.
 */
@Tag("slow")
class CleanupFaultsIT {
    private static final int GONE = 300;
    private static final int CHANNELS = 150;
    private static final int RETURNING = 10;
    private static final int WAITING = 5;
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int AGE_SECONDS = 3;

    /** A cycle that was killed, and how many resources it had soft-deleted by then at the least. */
    private record Killed(long cycle, int softDeleted) {}

    private static final int KILLS = Integer.getInteger("holdfast.cleanup.kills", 1);

    /** A cycle of all lasts about 8 s: none is killed later than 3 s after its begin, so also a slow machine kills it in time. */
    private static final Map<String, String> VARIABLES = Map.of(
            "holdfast.insecure", "true",
            "holdfast.cleanup.enabled", "false",
            "holdfast.cleanup.rate", "100",
            "holdfast.cleanup.grace", String.valueOf(GRACE.toSeconds()),
            "holdfast.cleanup.devices-age", String.valueOf(AGE_SECONDS),
            "holdfast.cleanup.outboxes-age", String.valueOf(AGE_SECONDS),
            "holdfast.cleanup.channels-age", String.valueOf(AGE_SECONDS));

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private LibertyServer gateway;

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private JsonNode get(String path) {
        Api.Answer answer = gateway.api().get("/api/cleanup" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** {@code kind/id} of what all this is about; of others there may be some, too. */
    private static String name(JsonNode resource) {
        return resource.path("kind").asText() + "/" + resource.path("id").asText();
    }

    private static boolean ours(String name) {
        return name.contains("gone-") || name.contains("back-");
    }

    private Set<String> softDeleted() {
        JsonNode state = get("/state");
        assertThat(state.at("/state/soft_deleted").asInt())
                .as("the list is whole")
                .isLessThanOrEqualTo(1_000);
        return each(state.path("soft_deleted"))
                .map(CleanupFaultsIT::name)
                .filter(CleanupFaultsIT::ours)
                .collect(Collectors.toSet());
    }

    /** All of it, and whole: numbered without a gap. */
    private List<JsonNode> audit() {
        List<JsonNode> all = new ArrayList<>();
        List<JsonNode> page;
        do {
            page = each(get("/audit?limit=1000&after=" + all.size()).path("audit"))
                    .toList();
            all.addAll(page);
        } while (!page.isEmpty());
        assertThat(all)
                .extracting(entry -> entry.path("number").asInt())
                .containsExactly(IntStream.rangeClosed(1, all.size()).boxed().toArray(Integer[]::new));
        return all;
    }

    /** By resource, what the audit says of it in this cycle: one thing each. */
    private Map<String, String> audited(long cycle) {
        Map<String, String> results = new HashMap<>();
        audit().stream()
                .filter(entry -> entry.path("cycle").asLong() == cycle)
                .forEach(entry -> assertThat(results.put(
                                name(entry),
                                entry.path("action").asText() + " "
                                        + entry.path("result").asText()))
                        .as("told twice: %s (seed %d)", entry, seed)
                        .isNull());
        assertThat(results).as("cycle %d (seed %d)", cycle, seed).containsKey("cycle/" + cycle);
        return results;
    }

    private long begin() {
        Api.Answer begun = gateway.api().post("/api/cleanup/run", "{'quota': 100000}");
        assertThat(begun.status()).as(begun.body()).isEqualTo(202);
        return begun.json().path("cycle").asLong();
    }

    private String ended(long cycle) {
        await().atMost(Duration.ofSeconds(30))
                .alias("the end of cycle " + cycle + " (seed " + seed + ")")
                .until(() -> get("/cycles/" + cycle).path("stage").asText().equals("ended"));
        return get("/cycles/" + cycle).path("result").asText();
    }

    private void someTime() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
    }

    /** @return the cycle that was killed in its midst, when the next start has seen to it */
    private Killed killedCycle(LiveLoad load) throws InterruptedException {
        long cycle = begin();
        someTime();
        JsonNode before = get("/cycles/" + cycle);
        gateway.restart();
        String result = ended(cycle);
        System.out.printf(
                "CleanupFaultsIT: killed in the stage %s with %d soft-deleted, %d deleted: %s%n",
                before.path("stage").asText(),
                before.path("soft_deleted").asInt(),
                before.path("deleted").asInt(),
                result);
        assertThat(before.path("stage").asText()).as("in its midst").isNotEqualTo("ended");
        assertThat(result).isIn("undone", "finished");
        assertThat(get("/state").at("/state/recovered").asInt()).isEqualTo(1);
        load.awaitConnected();
        return new Killed(cycle, before.path("soft_deleted").asInt());
    }

    private void visit(String client) {
        try (SocketClient visit = gateway.socket()) {
            visit.connectAs(client);
            visit.drop();
        }
    }

    private void makeCandidates() {
        names("gone-", GONE).forEach(this::visit);
        names("back-", RETURNING).forEach(this::visit);
        for (String command :
                List.of("{\"publish\":{\"channel\":\"%s\",\"data\":1}}", "{\"history_remove\":{\"channel\":\"%s\"}}")) {
            String commands = names("gone-", CHANNELS).stream()
                    .map(channel -> String.format(command, channel))
                    .collect(Collectors.joining(","));
            Api.Answer done = gateway.api().postRaw("/api/batch", "{\"commands\":[" + commands + "]}");
            assertThat(done.status()).as(done.body()).isEqualTo(200);
            assertThat(done.body()).doesNotContain("error");
        }
    }

    private static Set<String> candidates() {
        Set<String> all = new HashSet<>();
        Stream.concat(names("gone-", GONE).stream(), names("back-", RETURNING).stream())
                .forEach(client -> all.addAll(List.of("devices/" + client + "/default", "outboxes/#" + client)));
        names("gone-", CHANNELS).forEach(channel -> all.add("channels/" + channel));
        return all;
    }

    @Test
    void a_cycle_that_is_killed_or_stopped_loses_nothing_and_leaves_nothing_behind() throws Exception {
        System.out.println("CleanupFaultsIT: -Dholdfast.seed=" + seed);
        gateway = LibertyServer.prepare("cleanup-faults", VARIABLES).start();
        try (LibertyServer closed = gateway;
                LiveLoad load = LiveLoad.start(gateway, names("live-", 6))) {
            makeCandidates();
            TimeUnit.SECONDS.sleep(AGE_SECONDS + 1);

            for (int i = 0; i < KILLS; i++) {
                softDeletesOfAKilledCycleAreTakenBack(load);
            }
            aStoppedCycleGoesOn(load);
            comeAlive();
            Set<String> deleted = new HashSet<>();
            TimeUnit.MILLISECONDS.sleep(GRACE.toMillis());
            for (int i = 0; i < KILLS; i++) {
                whatAKilledCycleHasDeletedIsToldAndTheRestIsThere(load, deleted);
            }
            theNextOneDeletesTheRest(deleted);

            int messages = load.stopAndCheck("seed " + seed);
            names("back-", RETURNING).forEach(this::hasGotAll);
            System.out.printf("CleanupFaultsIT: %d messages to each live client%n", messages);
        }
    }

    private void softDeletesOfAKilledCycleAreTakenBack(LiveLoad load) throws InterruptedException {
        Killed killed = killedCycle(load);
        long cycle = killed.cycle();
        Map<String, String> audited = audited(cycle);
        boolean undone = audited.get("cycle/" + cycle).startsWith("run undone");
        assertThat(softDeleted()).as("seed %d", seed).isEqualTo(undone ? Set.of() : candidates());
        // A kill before the first soft delete leaves nothing to tell but the cycle itself.
        assertThat(audited).as("seed %d", seed).hasSizeGreaterThan(killed.softDeleted());
        audited.keySet().removeIf(name -> !ours(name));
        assertThat(audited.values())
                .as("seed %d", seed)
                .allMatch(("soft_delete " + (undone ? "undone: nothing to undo" : "soft_deleted"))::equals);
    }

    private void aStoppedCycleGoesOn(LiveLoad load) throws IOException, InterruptedException {
        long cycle = begin();
        someTime();
        gateway.freeze();
        try {
            TimeUnit.MILLISECONDS.sleep(2_000 + random.nextInt(2_000));
        } finally {
            gateway.thaw();
        }
        assertThat(ended(cycle)).isEqualTo("completed");
        assertThat(softDeleted()).as("seed %d", seed).isEqualTo(candidates());
        load.awaitConnected();
    }

    /** Messages come for some of those whose device and outbox are soft-deleted. */
    private void comeAlive() {
        names("back-", RETURNING).forEach(client -> gateway.api().sendNumbers(client, 1, WAITING));
    }

    private void whatAKilledCycleHasDeletedIsToldAndTheRestIsThere(LiveLoad load, Set<String> deleted)
            throws InterruptedException {
        long cycle = killedCycle(load).cycle();
        note(cycle, deleted);
        Set<String> left = softDeleted();
        assertThat(left).as("seed %d", seed).noneMatch(deleted::contains);
        Set<String> known = new HashSet<>(left);
        known.addAll(deleted);
        known.addAll(kept(cycle));
        assertThat(known).as("nothing is forgotten (seed %d)", seed).containsAll(candidates());
    }

    /** What the cycle has deleted. */
    private void note(long cycle, Set<String> deleted) {
        audited(cycle).forEach((name, result) -> {
            if (result.equals("delete deleted")) {
                assertThat(deleted.add(name))
                        .as("%s was deleted twice (seed %d)", name, seed)
                        .isTrue();
            }
        });
    }

    private Set<String> kept(long cycle) {
        return audited(cycle).entrySet().stream()
                .filter(entry -> entry.getValue().startsWith("delete kept"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private void theNextOneDeletesTheRest(Set<String> deleted) {
        long cycle = begin();
        assertThat(ended(cycle)).as("seed %d", seed).isEqualTo("completed");
        note(cycle, deleted);
        Set<String> gone = candidates();
        gone.removeIf(name -> name.contains("back-"));
        deleted.removeIf(name -> !ours(name));
        assertThat(deleted).as("seed %d", seed).isEqualTo(gone);
        assertThat(softDeleted()).as("seed %d", seed).isEmpty();
        names("gone-", GONE)
                .forEach(client -> assertThat(
                                gateway.api().get("/api/clients/" + client).status())
                        .as(client)
                        .isEqualTo(404));
        JsonNode plan = gateway.api()
                .post("/api/cleanup/run", "{'dry_run': true, 'quota': 100000}")
                .json();
        assertThat(each(plan.path("items")).map(CleanupFaultsIT::name))
                .as("not even a part of them is left (seed %d)", seed)
                .noneMatch(name -> name.contains("gone-"));
    }

    private void hasGotAll(String client) {
        try (RawClient back = gateway.client()) {
            back.connectAs(client);
            assertThat(back.publications("#" + client, WAITING))
                    .as("%s (seed %d)", client, seed)
                    .extracting(Pub::n)
                    .containsExactly(IntStream.rangeClosed(1, WAITING).boxed().toArray(Integer[]::new));
            back.silent("#" + client, Duration.ofMillis(20));
        }
    }
}
