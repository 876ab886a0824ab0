package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.cleanup.CleanupException.Cause;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Append;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.MemoryRecords;
import io.holdfast.stream.Publication;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.Retention;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltInKindsTest {
    private final Store store = new Store();

    @AfterEach
    void close() {
        store.close();
    }

    private Candidate only(String kind) {
        List<Candidate> found = store.kind(kind).discover("", 100).candidates();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void an_outbox_with_a_message_is_not_a_candidate_and_one_that_gets_one_is_kept() {
        store.see("u1", "phone");
        store.see("u2", "phone");
        store.manager
                .send("u2", "{}", SendOptions.defaults())
                .toCompletableFuture()
                .join();
        store.time.advance(Store.AGE.plusDays(1));
        Candidate outbox = only("outboxes");
        assertThat(outbox.owner()).isEqualTo("u1");
        store.manager
                .send("u1", "{}", SendOptions.defaults())
                .toCompletableFuture()
                .join();
        assertThat(store.kind("outboxes").dependency(outbox)).contains("it holds messages");
        assertThat(store.kind("outboxes").delete(outbox)).isFalse();
        assertThat(store.engine.info("#u1").messages()).isEqualTo(1);
    }

    @Test
    void a_device_for_which_messages_wait_must_stay() {
        store.see("u1", "phone");
        store.manager
                .send("u1", "{}", SendOptions.defaults())
                .toCompletableFuture()
                .join();
        store.time.advance(Store.AGE.plusDays(1));
        assertThat(store.kind("devices").dependency(only("devices"))).contains("messages wait for it");
    }

    @Test
    void the_servers_own_streams_are_no_channels() {
        store.apply(new Change.MoveCursor("\0dead-letters", "x", 0, 1, false));
        store.time.advance(Store.AGE.plusDays(1));
        CandidatePage page = store.kind("channels").discover("", 100);
        assertThat(page.candidates()).isEmpty();
        assertThat(page.looked()).isZero();
    }

    @Test
    void an_age_of_zero_leaves_the_kind_alone() {
        store.see("u1", "phone");
        store.time.advance(Duration.ofDays(900));
        CleanupSettings.Ages none =
                new CleanupSettings.Ages(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        assertThat(BuiltInKinds.of(store.manager.storedResources(), none, store.time))
                .hasSize(4)
                .allSatisfy(
                        kind -> assertThat(kind.discover("", 100).candidates()).isEmpty());
    }

    @Test
    void an_outbox_goes_together_with_its_devices_and_with_nobody_elses() {
        store.see("u1", "phone");
        store.see("u11", "phone");
        store.time.advance(Store.AGE.plusDays(1));
        List<Candidate> outboxes = store.kind("outboxes").discover("", 100).candidates();
        assertThat(outboxes)
                .filteredOn(outbox -> store.kind("outboxes").isKeptBy(outbox, "devices", "u1/phone"))
                .extracting(Candidate::id)
                .containsExactly("#u1");
        assertThat(store.kind("devices").discover("", 100).candidates())
                .filteredOn(device -> store.kind("devices").isKeptBy(device, "outboxes", "#u1"))
                .extracting(Candidate::id)
                .containsExactly("u1/phone");
        assertThat(outboxes).noneMatch(outbox -> store.kind("outboxes").isKeptBy(outbox, "toys", "u1/phone"));
    }

    @Test
    void a_device_that_is_held_is_not_destroyed_with_its_outbox(@TempDir Path directory) {
        store.see("u1", "phone");
        store.see("u2", "phone");
        CleanupSettings.Ages ages = new CleanupSettings.Ages(Store.AGE, Store.AGE, Store.AGE, Store.AGE);
        CleanupCoordinator coordinator = new CleanupCoordinator(
                BuiltInKinds.of(store.manager.storedResources(), ages, store.time),
                Bench.settings(1_000, 100),
                new MemoryRecords(),
                Turn.always(),
                directory.resolve("cleanup"),
                store.time,
                store.time,
                Runnable::run,
                new Random(1),
                event -> {});
        CleanupRequest all = new CleanupRequest("anna", false, List.of(), null, false);
        store.time.advance(Store.AGE.plusDays(1));
        coordinator.hold(new Hold("", "devices", "u1/phone", "anna", "case 12", store.time.millis(), Hold.FOREVER));
        ended(coordinator, all);
        store.time.advance(Bench.GRACE);
        ended(coordinator, all);
        assertThat(store.engine.devices("#u1")).hasSize(1);
        assertThat(store.engine.stored("#u2")).isEmpty();
    }

    private void letter(String id) {
        Map<String, String> tags = Map.of(
                "\0client",
                "u1",
                "\0device",
                "phone",
                "\0id",
                id,
                "\0offset",
                "7",
                "\0attempts",
                "5",
                "\0published",
                "1");
        store.engine.append(List.of(new Append(
                "\0dead-letters",
                id,
                "{}".getBytes(StandardCharsets.UTF_8),
                tags,
                store.time.millis(),
                Publication.NEVER,
                0,
                new Retention(100, 1 << 20, Retention.Overflow.DROP_OLDEST))));
    }

    @Test
    void an_old_dead_letter_is_deleted_and_a_young_one_stays() {
        letter("old");
        store.time.advance(Store.AGE.plusDays(1));
        letter("young");
        Candidate old = only("dead-letters");
        CleanupProvider letters = store.kind("dead-letters");
        assertThat(old.owner()).isEqualTo("u1");
        assertThat(letters.discover("", 1).next()).isEqualTo("1");
        letters.softDelete(old);
        assertThat(store.manager.deadLetters(null, 0, 9))
                .as("it can still be sent")
                .hasSize(2);
        assertThat(letters.dependency(old)).isEqualTo(Optional.empty());
        assertThat(letters.delete(old)).isTrue();
        assertThat(letters.delete(old)).isTrue();
        assertThat(store.manager.deadLetters(null, 0, 9)).extracting("id").containsExactly("young");
    }

    @Test
    void what_fails_in_the_store_has_a_cause_by_which_it_is_repeated() {
        store.see("u1", "phone");
        store.time.advance(Store.AGE.plusDays(1));
        Candidate device = only("devices");
        store.engine.fail(EngineException.Reason.IO);
        assertThatThrownBy(() -> store.kind("devices").delete(device))
                .isInstanceOfSatisfying(
                        CleanupException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Cause.SERVER_ERROR));
        store.engine.fail(EngineException.Reason.TIMEOUT);
        assertThatThrownBy(() -> store.kind("devices").delete(device))
                .isInstanceOfSatisfying(
                        CleanupException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Cause.TIMEOUT));
        store.engine.fail(null);
        // After a write that was not answered, the store gets nothing until it answers a probe.
        await().ignoreException(CleanupException.class).until(() -> {
            store.time.advance(Duration.ofSeconds(1));
            return store.kind("devices").delete(device);
        });
    }

    @Test
    void a_cycle_is_aborted_when_the_store_fails_and_the_next_one_completes_its_work(@TempDir Path directory) {
        for (int i = 0; i < 10; i++) {
            store.see("u" + i, "phone");
        }
        store.see("stays", "phone");
        CleanupSettings.Ages ages = new CleanupSettings.Ages(Store.AGE, Store.AGE, Store.AGE, Store.AGE);
        CleanupCoordinator coordinator = new CleanupCoordinator(
                BuiltInKinds.of(store.manager.storedResources(), ages, store.time),
                Bench.settings(1_000, 100),
                new MemoryRecords(),
                Turn.always(),
                directory.resolve("cleanup"),
                store.time,
                store.time,
                Runnable::run,
                new Random(1),
                event -> {});
        CleanupRequest devices = new CleanupRequest("anna", false, List.of("devices"), null, false);
        store.time.advance(Store.AGE);
        store.see("stays", "phone");
        assertThat(ended(coordinator, devices).softDeleted()).isEqualTo(10);
        store.time.advance(Bench.GRACE);
        store.engine.fail(EngineException.Reason.IO);

        CycleReport failed = ended(coordinator, devices);

        assertThat(failed.result()).isEqualTo(CycleReport.Result.ABORTED);
        assertThat(failed.deleted()).isZero();
        assertThat(coordinator.softDeleted()).hasSize(10);
        store.engine.fail(null);
        CycleReport next = ended(coordinator, devices);
        assertThat(next.result()).isEqualTo(CycleReport.Result.COMPLETED);
        assertThat(next.deleted()).isEqualTo(10);
        assertThat(store.engine.devices("#u3")).isEmpty();
        assertThat(store.engine.devices("#stays")).hasSize(1);
    }

    @Test
    void a_cycle_that_is_undone_says_that_there_was_nothing_to_undo(@TempDir Path directory) {
        store.see("u1", "phone");
        store.time.advance(Store.AGE.plusDays(1));
        CleanupSettings.Ages ages = new CleanupSettings.Ages(Store.AGE, Store.AGE, Store.AGE, Store.AGE);
        int[] writes = new int[1];
        MemoryRecords records = new MemoryRecords() {
            @Override
            protected synchronized void store(RecordBatch batch, boolean synced) {
                if (!synced) {
                    writes[0]++;
                } else if (writes[0] == 1) {
                    writes[0]++;
                    throw new EngineException(
                            EngineException.Reason.IO, "as the test asked, after the soft delete", null);
                }
                super.store(batch, synced);
            }
        };
        CleanupCoordinator coordinator = new CleanupCoordinator(
                BuiltInKinds.of(store.manager.storedResources(), ages, store.time),
                Bench.settings(1_000, 100),
                records,
                Turn.always(),
                directory.resolve("cleanup"),
                store.time,
                store.time,
                Runnable::run,
                new Random(1),
                event -> {});
        CleanupRequest devices = new CleanupRequest("anna", false, List.of("devices"), null, false);
        assertThat(coordinator.begin(devices).report()).isCompletedExceptionally();

        coordinator.start();

        assertThat(coordinator.audit(0, 10, 1))
                .filteredOn(entry -> entry.kind().equals("devices"))
                .extracting(AuditEntry::result)
                .containsExactly("undone: nothing to undo");
        assertThat(coordinator.softDeleted()).isEmpty();
    }

    private static CycleReport ended(CleanupCoordinator coordinator, CleanupRequest request) {
        return coordinator.begin(request).report().toCompletableFuture().join();
    }
}
