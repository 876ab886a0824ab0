package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.AccessDeniedException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(revocations.list(NOW + 10)).isEmpty();
    }

    @Test
    void what_was_added_is_there_after_a_restart() throws Exception {
        Revocations before = Revocations.open(file());
        before.add(Revocation.ofClient("ü 1\"", NOW - 5, NOW + 10), NOW);
        before.add(Revocation.ofToken("t\n1", NOW + 20), NOW);
        before.add(Revocation.ofClient("back", Revocation.ALL, NOW + 20), NOW);
        before.add(Revocation.ofClient("back", Revocation.ALL, NOW), NOW);

        assertThat(Revocations.open(file()).list(NOW))
                .containsExactly(Revocation.ofClient("ü 1\"", NOW - 5, NOW + 10), Revocation.ofToken("t\n1", NOW + 20));
    }

    @Test
    void an_append_that_was_cut_off_takes_nothing_with_it_wherever_it_was_cut() throws Exception {
        Revocations.open(file()).add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW);
        byte[] first = Files.readAllBytes(file());
        Revocations.open(file()).add(Revocation.ofClient("u2", Revocation.ALL, NOW + 10), NOW);
        byte[] both = Files.readAllBytes(file());
        for (int length = first.length; length < both.length; length++) {
            Files.write(file(), java.util.Arrays.copyOf(both, length));
            Revocations cut = Revocations.open(file());
            assertThat(cut.list(NOW)).extracting(Revocation::client).containsExactly("u1");
            cut.add(Revocation.ofClient("u3", Revocation.ALL, NOW + 10), NOW);
            assertThat(Revocations.open(file()).list(NOW))
                    .as("cut at %s", length)
                    .extracting(Revocation::client)
                    .containsExactly("u1", "u3");
        }
    }

    @Test
    void a_file_that_is_damaged_before_its_end_is_refused() throws Exception {
        Revocations revocations = Revocations.open(file());
        revocations.add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW);
        revocations.add(Revocation.ofClient("u2", Revocation.ALL, NOW + 10), NOW);
        String text = Files.readString(file());
        Files.writeString(file(), text.replaceFirst("c ", "t "));

        assertThatThrownBy(() -> Revocations.open(file()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 1");
    }

    @Test
    void the_file_is_written_anew_when_most_of_it_is_out_of_date() throws Exception {
        Revocations revocations = Revocations.open(file());
        for (int i = 0; i < 1_200; i++) {
            revocations.add(Revocation.ofClient("u1", Revocation.ALL, NOW + i + 1), NOW);
        }
        assertThat(Files.readAllLines(file(), StandardCharsets.UTF_8)).hasSizeLessThan(300);
        assertThat(Revocations.open(file()).list(NOW))
                .containsExactly(Revocation.ofClient("u1", Revocation.ALL, NOW + 1_200));
        assertThat(directory).isDirectoryContaining(path -> path.equals(file()));
    }

    @Test
    void what_cannot_be_stored_is_told_and_counts_all_the_same() throws Exception {
        Revocations revocations = Revocations.open(directory.resolve("none/revocations"));

        assertThatThrownBy(() -> revocations.add(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW))
                .isInstanceOf(IOException.class);
        assertThat(revocations.hit(identity("u1", null, NOW), NOW)).isTrue();
        Files.createDirectory(directory.resolve("none"));
        revocations.add(Revocation.ofClient("u2", Revocation.ALL, NOW + 10), NOW);
        assertThat(Revocations.open(directory.resolve("none/revocations")).list(NOW))
                .extracting(Revocation::client)
                .containsExactly("u1", "u2");
    }

    @Test
    void the_policy_refuses_what_is_revoked_and_closes_what_is_open() throws Exception {
        AccessPolicy policy =
                new AccessPolicy(Rules.options(false, ConnectTokensTest.secret(), Who.CLIENTS, Who.CLIENTS, List.of()));
        String first = ConnectTokensTest.hs256("{\"sub\":\"u1\",\"jti\":\"a\",\"iat\":1700000000}");
        String second = ConnectTokensTest.hs256("{\"sub\":\"u1\",\"jti\":\"b\",\"iat\":1700000100}");
        Identity one = policy.authenticate(first, null, null, NOW);
        Identity two = policy.authenticate(second, null, null, NOW);
        List<String> closed = new ArrayList<>();
        assertThat(policy.entered("c1", one, ending -> closed.add("c1 " + ending.code()), NOW))
                .isTrue();
        assertThat(policy.entered("c2", two, ending -> closed.add("c2 " + ending.code()), NOW))
                .isTrue();
        policy.entered("c3", one, ending -> closed.add("c3"), NOW);
        policy.left("c3");

        assertThat(policy.revoke(Revocation.ofToken("a", NOW + 10), NOW)).isEqualTo(1);
        assertThat(closed).containsExactly("c1 3500");
        assertInvalid(policy, first);
        assertThat(policy.maySubscribe(one, "news", null, NOW).access()).isEqualTo(ChannelAccess.DENIED);
        assertThat(policy.maySubscribe(two, "news", null, NOW).access()).isEqualTo(ChannelAccess.ALLOWED);
        assertThat(policy.entered("c4", one, ending -> closed.add("c4"), NOW))
                .as("checked before, open after the revocation")
                .isFalse();
        policy.left("c1");
        policy.left("c4");

        assertThat(policy.revoke(Revocation.ofClient("u1", 1_700_000_100_000L, NOW + 10), NOW))
                .isZero();
        assertThat(policy.authenticate(second, null, null, NOW).client()).isEqualTo("u1");
        assertThat(policy.revoke(Revocation.ofClient("u1", Revocation.ALL, NOW + 10), NOW))
                .isEqualTo(1);
        assertInvalid(policy, second);
        assertThat(policy.authenticate(second, null, null, NOW + 10).client())
                .as("after its time")
                .isEqualTo("u1");
    }

    private static void assertInvalid(AccessPolicy policy, String token) {
        assertThatThrownBy(() -> policy.authenticate(token, null, null, NOW))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(Kind.INVALID_TOKEN));
    }
}
