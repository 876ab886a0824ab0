package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.AccessDeniedException.Kind;
import io.holdfast.stream.EarlierFileTest;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.MemoryRecords;
import io.holdfast.stream.RecordBatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationsTest {
    private static final long NOW = 1_790_000_000_000L;

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("revocations");
    }

    private static Identity identity(String client, @Nullable String tokenId, long issuedAtMillis) {
        return new Identity(client, null, Identity.NEVER, tokenId, null, List.of(), issuedAtMillis, false);
    }

    @Test
    void a_client_a_token_and_what_was_issued_before_are_hit_and_nothing_else() throws Exception {
        Revocations revocations = Revocations.inMemory();
        revocations.add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW);
        revocations.add(Revocation.ofClient("u2", NOW - 1_000, NOW + 10), NOW);
        revocations.add(Revocation.ofToken("t1", NOW + 10), NOW);

        assertThat(revocations.hit(identity("u1", null, NOW), NOW)).isTrue();
        assertThat(revocations.hit(identity("u2", "t2", NOW - 1_001), NOW)).isTrue();
        assertThat(revocations.hit(identity("u2", "t2", NOW - 1_000), NOW)).isFalse();
        assertThat(revocations.hit(identity("u2", null, 0), NOW))
                .as("does not say when")
                .isTrue();
        assertThat(revocations.hit(identity("u3", "t1", NOW), NOW)).isTrue();
        assertThat(revocations.hit(identity("u3", "u1", NOW), NOW)).isFalse();
        assertThat(revocations.hit(identity("t1", null, NOW), NOW)).isFalse();
        assertThat(revocations.hitToken("t1", NOW)).isTrue();
    }

    @Test
    void a_revocation_is_forgotten_with_its_time_and_can_be_taken_back() throws Exception {
        Revocations revocations = Revocations.inMemory();
        revocations.add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW);
        revocations.add(Revocation.ofToken("t1", NOW + 1_000), NOW);

        assertThat(revocations.hit(identity("u1", null, NOW), NOW + 9)).isTrue();
        assertThat(revocations.hit(identity("u1", null, NOW), NOW + 10)).isFalse();
        revocations.add(Revocation.ofToken("t1", NOW), NOW);
        assertThat(revocations.hitToken("t1", NOW)).isFalse();
        assertThat(revocations.list(at(NOW + 10))).isEmpty();
    }

    /** Its writes can be told to fail. */
    private static final class Records extends MemoryRecords {
        private final List<String> writes = new ArrayList<>();
        private final List<String> scans = new ArrayList<>();
        private boolean failing;
        private @Nullable String unreadable;

        @Override
        public SortedMap<String, String> scan(String prefix) {
            scans.add(prefix);
            if (prefix.equals(unreadable)) {
                throw new EngineException(EngineException.Reason.IO, "as the test asked", null);
            }
            return super.scan(prefix);
        }

        @Override
        protected void store(RecordBatch batch, boolean synced) {
            if (failing) {
                throw new EngineException(EngineException.Reason.IO, "as the test asked", null);
            }
            super.store(batch, synced);
            writes.add(batch.changes().keySet() + (synced ? " synced" : ""));
        }
    }

    private final Records records = new Records();

    /** As after a start. */
    private Revocations opened() {
        return Revocations.open(records, file());
    }

    @Test
    void what_was_added_is_there_after_a_restart() {
        Revocations before = opened();
        before.add(Revocation.ofClient("ü 1\"", NOW - 5, NOW + 10), NOW);
        before.add(Revocation.ofToken("t\n1", NOW + 20), NOW);
        before.add(Revocation.ofClient("back", Revocation.ALL, NOW + 20), NOW);
        before.add(Revocation.ofClient("back", Revocation.ALL, NOW), NOW);

        assertThat(opened().list(at(NOW)))
                .containsExactly(Revocation.ofClient("ü 1\"", NOW - 5, NOW + 10), Revocation.ofToken("t\n1", NOW + 20));
    }

    @Test
    void a_revocation_is_on_the_disk_before_it_is_confirmed() {
        opened().add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW);
        assertThat(records.writes).containsExactly("[revoked/cu1] synced");
    }

    @Test
    void records_of_revocations_go_after_their_time() {
        Revocations revocations = opened();
        for (int i = 0; i < 100; i++) {
            revocations.add(Revocation.ofClient("u" + i, Revocation.ALL, NOW + i + 1), NOW + i);
        }
        assertThat(records.scan("")).containsOnlyKeys("revoked/cu99");
        Revocations later = opened();
        later.add(Revocation.ofToken("t", NOW + 2_000), NOW + 1_000);
        assertThat(records.scan("")).as("also those from before the start").containsOnlyKeys("revoked/tt");
    }

    @Test
    void a_revocation_that_cannot_be_stored_is_reported_and_still_in_force() {
        Revocations revocations = opened();
        revocations.add(Revocation.ofClient("ended", Revocation.ALL, NOW + 1), NOW);
        records.failing = true;
        assertThatThrownBy(() -> revocations.add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW + 5))
                .isInstanceOf(EngineException.class);
        assertThat(revocations.hit(identity("u1", null, NOW), NOW)).isTrue();
        records.failing = false;
        revocations.add(Revocation.ofClient("u2", Revocation.ALL, NOW + 10), NOW + 5);
        assertThat(records.scan("")).containsOnlyKeys("revoked/cu1", "revoked/cu2");
    }

    @Test
    void the_file_of_an_earlier_version_is_carried_over() throws Exception {
        Files.writeString(
                file(),
                earlier(NOW + 10, NOW - 5, 'c', "ü 1\"")
                        + earlier(NOW + 20, Revocation.ALL, 't', "t\n1")
                        + earlier(NOW + 20, Revocation.ALL, 'c', "back")
                        + earlier(NOW - 1, Revocation.ALL, 'c', "back"));

        assertThat(opened().list(at(NOW)))
                .containsExactly(Revocation.ofClient("ü 1\"", NOW - 5, NOW + 10), Revocation.ofToken("t\n1", NOW + 20));
        assertThat(file()).doesNotExist();
        assertThat(opened().list(at(NOW))).hasSize(2);
    }

    @Test
    void a_line_of_an_earlier_version_as_it_was_written() throws Exception {
        Files.writeString(file(), "1790000000010 9223372036854775807 c dTE= 7c444820\n");
        assertThat(opened().list(at(NOW))).containsExactly(Revocation.ofClient("u1", Revocation.ALL, NOW + 10));
    }

    @Test
    void a_record_or_a_line_that_is_not_understood_stops_the_start() throws Exception {
        Files.writeString(file(), EarlierFileTest.line("1 2 c"));
        assertThatThrownBy(this::opened).isInstanceOf(EngineException.class).hasMessageContaining(file().toString());
        Files.delete(file());
        records.write(new RecordBatch().put("revoked/cu1", "soon"));
        assertThatThrownBy(this::opened).isInstanceOf(EngineException.class).hasMessageContaining("revocation");
    }

    private static String earlier(long expiresAt, long issuedBefore, char what, String name) {
        return EarlierFileTest.line(expiresAt + " " + issuedBefore + " " + what + " "
                + Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void the_policy_refuses_what_is_revoked_and_closes_what_is_open() throws Exception {
        AccessPolicy policy = new AccessPolicy(Rules.options(
                false, ConnectTokensTest.secret(), AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()));
        String first = ConnectTokensTest.hs256("{\"sub\":\"u1\",\"jti\":\"a\",\"iat\":1700000000}");
        String second = ConnectTokensTest.hs256("{\"sub\":\"u1\",\"jti\":\"b\",\"iat\":1700000100}");
        Identity one = policy.authenticate(first, null, null, at(NOW));
        Identity two = policy.authenticate(second, null, null, at(NOW));
        List<String> closed = new ArrayList<>();
        assertThat(policy.entered("c1", one, ending -> closed.add("c1 " + ending.code()), at(NOW)))
                .isTrue();
        assertThat(policy.entered("c2", two, ending -> closed.add("c2 " + ending.code()), at(NOW)))
                .isTrue();
        policy.entered("c3", one, ending -> closed.add("c3"), at(NOW));
        policy.left("c3");

        assertThat(policy.revoke(Revocation.ofToken("a", NOW + 10), at(NOW)).closed())
                .isEqualTo(1);
        assertThat(closed).containsExactly("c1 3500");
        assertInvalid(policy, first);
        assertThat(policy.maySubscribe(one, "news", null, at(NOW)).access()).isEqualTo(ChannelAccess.DENIED);
        assertThat(policy.maySubscribe(two, "news", null, at(NOW)).access()).isEqualTo(ChannelAccess.ALLOWED);
        assertThat(policy.entered("c4", one, ending -> closed.add("c4"), at(NOW)))
                .as("checked before, open after the revocation")
                .isFalse();
        policy.left("c1");
        policy.left("c4");

        assertThat(policy.revoke(Revocation.ofClient("u1", 1_700_000_100_000L, NOW + 10), at(NOW))
                        .closed())
                .isZero();
        assertThat(policy.authenticate(second, null, null, at(NOW)).client()).isEqualTo("u1");
        assertThat(policy.revoke(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), at(NOW))
                        .closed())
                .isEqualTo(1);
        assertInvalid(policy, second);
        assertThat(policy.authenticate(second, null, null, at(NOW + 10)).client())
                .as("after its time")
                .isEqualTo("u1");
    }

    private static void assertInvalid(AccessPolicy policy, String token) {
        assertThatThrownBy(() -> policy.authenticate(token, null, null, at(NOW)))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(Kind.INVALID_TOKEN));
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    /** Another node on the same records. */
    private Revocations node(long number) {
        return Revocations.shared(records, () -> number);
    }

    @Test
    void what_one_node_revokes_the_others_read_once() {
        Revocations one = node(1);
        Revocations two = node(2);
        one.add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW);
        assertThat(two.hit(identity("u1", null, NOW), NOW)).isFalse();
        assertThat(two.readChanges()).containsExactly(Revocation.ofClient("u1", Revocation.ALL, NOW + 10));
        assertThat(two.hit(identity("u1", null, NOW), NOW)).isTrue();
        assertThat(one.readChanges()).isEmpty();
        records.scans.clear();
        assertThat(two.readChanges()).isEmpty();
        assertThat(records.scans).containsExactly(RevocationChanges.PREFIX);
        one.add(Revocation.ofClient("u1", Revocation.ALL, NOW), NOW);
        two.readChanges();
        assertThat(two.hit(identity("u1", null, NOW), NOW)).as("taken back").isFalse();
    }

    @Test
    void what_a_node_was_told_it_does_not_read_but_what_it_was_not_told_it_does() {
        Revocations one = node(1);
        Revocations two = node(2);
        Revocation told = Revocation.ofToken("told", NOW + 10);
        two.learn(told, 1, one.add(told, NOW));
        assertThat(two.hitToken("told", NOW)).isTrue();
        records.scans.clear();
        assertThat(two.readChanges()).isEmpty();
        assertThat(records.scans).containsExactly(RevocationChanges.PREFIX);

        one.add(Revocation.ofToken("lost", NOW + 10), NOW);
        Revocation third = Revocation.ofToken("third", NOW + 10);
        two.learn(third, 1, one.add(third, NOW));
        assertThat(two.hitToken("lost", NOW)).isFalse();
        assertThat(two.readChanges()).containsExactly(Revocation.ofToken("lost", NOW + 10));
    }

    @Test
    void two_nodes_that_revoke_at_once_learn_both() {
        Revocations one = node(1);
        Revocations two = node(2);
        one.add(Revocation.ofToken("a", NOW + 10), NOW);
        two.add(Revocation.ofToken("b", NOW + 10), NOW);
        one.readChanges();
        two.readChanges();
        assertThat(one.list(at(NOW))).hasSize(2).isEqualTo(two.list(at(NOW)));
        assertThat(node(3).list(at(NOW))).hasSize(2);
    }

    @Test
    void a_node_that_could_not_read_reads_everything_the_next_time() {
        Revocations one = node(1);
        Revocations two = node(2);
        one.add(Revocation.ofToken("a", NOW + 10), NOW);
        records.unreadable = "revoked/";
        assertThatThrownBy(two::readChanges).isInstanceOf(EngineException.class);
        records.unreadable = null;
        assertThat(two.readChanges()).containsExactly(Revocation.ofToken("a", NOW + 10));
    }

    @Test
    void a_revocation_that_another_node_prolongs_outlives_its_first_time() {
        Revocations one = node(1);
        Revocations two = node(2);
        one.add(Revocation.ofToken("a", NOW + 10), NOW);
        two.readChanges();
        one.add(Revocation.ofToken("a", NOW + 1_000_000), NOW + 9);
        two.add(Revocation.ofToken("b", NOW + 1_000_000), NOW + 11);
        assertThat(node(3).list(at(NOW + 20))).hasSize(2);
        two.add(Revocation.ofToken("c", NOW + 90_000_000), NOW + 10_000_000);
        assertThat(records.scan("revoked/")).as("in the end they go").doesNotContainKey("revoked/tb");
    }
}
