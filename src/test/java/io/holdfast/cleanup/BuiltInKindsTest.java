package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cleanup.CleanupException.Cause;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Append;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

    /** What the contract asks of a kind in the store. */
    private abstract class Kind extends CleanupProviderContract {
        private final String kind;

        Kind(String kind) {
            this.kind = kind;
        }

        @Override
        protected CleanupProvider provider() {
            return store.kind(kind);
        }

        @Override
        protected void advance(Duration time) {
            store.time.advance(time);
        }

        @Override
        protected Duration age() {
            return Store.AGE;
        }
    }

    @Nested
    class Devices extends Kind {
        Devices() {
            super("devices");
        }

        @Override
        protected String make(String name) {
            store.see("u/" + name, "phone/1");
            return "u/" + name + "/phone/1";
        }

        @Override
        protected void use(String id) {
            store.see(id.substring(0, id.indexOf("/phone")), "phone/1");
        }

        @Override
        protected boolean usable(String id) {
            return !store.engine.devices("#" + id.substring(0, id.indexOf("/phone"))).isEmpty();
        }
    }

    @Nested
    class Outboxes extends Kind {
        Outboxes() {
            super("outboxes");
        }

        @Override
        protected String make(String name) {
            store.see(name, "phone");
            return "#" + name;
        }

        @Override
        protected void use(String id) {
            store.see(id.substring(1), "phone");
        }

        @Override
        protected boolean usable(String id) {
            return store.engine.stored(id).isPresent();
        }
    }

    @Nested
    class Channels extends Kind {
        Channels() {
            super("channels");
        }

        private void publish(String channel) {
            store.manager.publish(channel, "{}", SendOptions.defaults()).toCompletableFuture().join();
            store.apply(new Change.Trim(channel, store.engine.info(channel).top().offset()));
        }

        @Override
        protected String make(String name) {
            publish(name);
            return name;
        }

        @Override
        protected void use(String id) {
            publish(id);
        }

        @Override
        protected boolean usable(String id) {
            return store.engine.stored(id).isPresent();
        }
    }

    @Test
    void an_outbox_with_a_message_is_no_candidate_and_one_that_gets_a_message_is_kept() {
        store.see("u1", "phone");
        store.see("u2", "phone");
        store.manager.send("u2", "{}", SendOptions.defaults()).toCompletableFuture().join();
        store.time.advance(Store.AGE.plusDays(1));
        Candidate outbox = only("outboxes");
        assertThat(outbox.owner()).isEqualTo("u1");
        store.manager.send("u1", "{}", SendOptions.defaults()).toCompletableFuture().join();
        assertThat(store.kind("outboxes").dependency(outbox)).contains("it holds messages");
        assertThat(store.kind("outboxes").delete(outbox)).isFalse();
        assertThat(store.engine.info("#u1").messages()).isEqualTo(1);
    }

    @Test
    void a_device_for_which_messages_wait_must_stay() {
        store.see("u1", "phone");
        store.manager.send("u1", "{}", SendOptions.defaults()).toCompletableFuture().join();
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
        assertThat(BuiltInKinds.of(store.manager.leftovers(), none, store.time))
                .hasSize(4)
                .allSatisfy(kind -> assertThat(kind.discover("", 100).candidates()).isEmpty());
    }

    private void letter(String id) {
        Map<String, String> tags = Map.of(
                "\0client", "u1", "\0device", "phone", "\0id", id, "\0offset", "7", "\0attempts", "5", "\0published", "1");
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
        assertThat(store.manager.deadLetters(null, 0, 9)).as("it can still be sent").hasSize(2);
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
        store.engine.fail(EngineException.Reason.TIMEOUT);
        assertThatThrownBy(() -> store.kind("devices").delete(device))
                .isInstanceOfSatisfying(CleanupException.class, failure -> assertThat(failure.reason())
                        .isEqualTo(Cause.TIMEOUT));
        store.engine.fail(EngineException.Reason.IO);
        assertThatThrownBy(() -> store.kind("devices").delete(device))
                .isInstanceOfSatisfying(CleanupException.class, failure -> assertThat(failure.reason())
                        .isEqualTo(Cause.SERVER_ERROR));
        store.engine.fail(null);
        assertThat(store.kind("devices").delete(device)).isTrue();
    }
}
