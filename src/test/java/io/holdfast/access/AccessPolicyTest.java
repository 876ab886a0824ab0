package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.AccessDeniedException.Kind;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {

    private static final String SECRET = ConnectTokensTest.secret();

    private final AccessPolicy secure = policy(false, SECRET, true, true);
    private final AccessPolicy insecure = policy(true, null, false, false);

    @Test
    void a_token_is_needed_and_what_the_client_says_of_itself_does_not_count() throws Exception {
        assertKind(() -> secure.authenticate(null, "u42", "till-3", 0), Kind.UNAUTHORIZED);
        assertThat(secure.authenticate(ConnectTokensTest.hs256("{\"sub\":\"u1\"}"), "u42", "till-3", 0))
                .isEqualTo(Identity.named("u1", null, Identity.NEVER));
    }

    @Test
    void an_old_token_and_a_wrong_one_are_told_apart() throws Exception {
        String old = ConnectTokensTest.hs256("{\"sub\":\"u1\",\"exp\":1}");

        assertKind(() -> secure.authenticate(old, null, null, 1000), Kind.TOKEN_EXPIRED);
        assertKind(() -> secure.authenticate("x", null, null, 1000), Kind.INVALID_TOKEN);
    }

    @Test
    void in_insecure_mode_a_client_names_itself() throws Exception {
        assertThat(insecure.authenticate(null, "u42", "till-3", 0))
                .isEqualTo(Identity.named("u42", "till-3", Identity.NEVER));
        assertKind(() -> insecure.authenticate(null, null, null, 0), Kind.UNAUTHORIZED);
        assertKind(() -> insecure.authenticate(null, "a\nb", null, 0), Kind.UNAUTHORIZED);
        assertKind(() -> insecure.authenticate(null, "u42", "", 0), Kind.UNAUTHORIZED);
    }

    @Test
    void a_bad_token_does_not_become_good_in_insecure_mode() {
        assertKind(() -> insecure.authenticate("x", "u42", null, 0), Kind.INVALID_TOKEN);
        assertKind(() -> policy(true, SECRET, true, true).authenticate("x", "u42", null, 0), Kind.INVALID_TOKEN);
    }

    @Test
    void an_outbox_is_for_the_client_of_exactly_that_name() {
        assertThat(access(secure, "#u42")).isEqualTo(ChannelAccess.OWN_OUTBOX);
        for (String other : List.of("#u4", "#u421", "#U42", "#u42 ", "##u42", "#", "#u42,u43", "#x#u42")) {
            assertThat(access(secure, other)).as(other).isEqualTo(ChannelAccess.DENIED);
        }
    }

    @Test
    void other_channels_are_as_configured() {
        assertThat(access(secure, "orders:7")).isEqualTo(ChannelAccess.ALLOWED);
        assertThat(access(secure, "u42")).isEqualTo(ChannelAccess.ALLOWED);
        assertThat(mayPublish(secure, "orders:7")).isTrue();
        assertThat(access(policy(false, SECRET, false, true), "orders:7")).isEqualTo(ChannelAccess.DENIED);
        assertThat(mayPublish(policy(false, SECRET, true, false), "orders:7")).isFalse();
    }

    @Test
    void what_is_no_name_of_a_channel_is_denied() {
        for (String name : List.of("", "a\nb", "a".repeat(256))) {
            assertThat(access(secure, name)).isEqualTo(ChannelAccess.DENIED);
            assertThat(mayPublish(secure, name)).isFalse();
        }
    }

    @Test
    void clients_publish_to_outboxes_in_insecure_mode_only() {
        assertThat(mayPublish(secure, "#u42")).isFalse();
        assertThat(mayPublish(secure, "#u43")).isFalse();
        assertThat(mayPublish(insecure, "#u43")).isTrue();
        assertThat(mayPublish(insecure, "orders:7")).isFalse();
    }

    @Test
    void insecure_mode_reads_no_other_clients_outbox() {
        assertThat(access(insecure, "#u43")).isEqualTo(ChannelAccess.DENIED);
    }

    @Test
    void the_origin_is_checked_as_configured() {
        AccessPolicy listed = new AccessPolicy(
                new AccessOptions(false, SECRET, List.of(), true, true, List.of("https://shop.example")));

        assertThat(listed.mayOpen("https://shop.example", "gateway")).isTrue();
        assertThat(secure.mayOpen("https://shop.example", "gateway")).isFalse();
        assertThat(insecure.mayOpen("http://rebound.example", "rebound.example"))
                .isFalse();
    }

    @Test
    void options_refuse_what_cannot_work_and_hide_secrets() {
        assertThatThrownBy(() -> policy(false, "short", true, true)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccessOptions(false, null, List.of(" "), true, true, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(new AccessOptions(false, SECRET, List.of("key-1"), true, true, List.of()).toString())
                .doesNotContain(SECRET)
                .doesNotContain("key-1");
    }

    private static AccessPolicy policy(boolean insecure, @Nullable String secret, boolean subscribe, boolean publish) {
        return new AccessPolicy(new AccessOptions(insecure, secret, List.of(), subscribe, publish, List.of()));
    }

    private static void assertKind(ThrowingCallable attempt, Kind kind) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(kind));
    }

    private static ChannelAccess access(AccessPolicy policy, String channel) {
        try {
            return policy.maySubscribe(Identity.named("u42", null, Identity.NEVER), channel, null, 0)
                    .access();
        } catch (AccessDeniedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean mayPublish(AccessPolicy policy, String channel) {
        return policy.may(Action.PUBLISH, Identity.named("u42", null, Identity.NEVER), channel, false);
    }
}
