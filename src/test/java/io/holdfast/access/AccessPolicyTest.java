package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.AccessDeniedException.Kind;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {

    private static final String SECRET = ConnectTokensTest.secret();

    private final AccessPolicy secure = policy(false, SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS);
    private final AccessPolicy insecure = policy(true, null, AllowedClients.NOBODY, AllowedClients.NOBODY);

    @Test
    void a_token_is_needed_and_what_the_client_says_of_itself_does_not_count() throws Exception {
        assertKind(() -> secure.authenticate(null, "u42", "till-3", Instant.EPOCH), Kind.UNAUTHORIZED);
        assertThat(secure.authenticate(ConnectTokensTest.hs256("{\"sub\":\"u1\"}"), "u42", "till-3", Instant.EPOCH)
                        .bare())
                .isEqualTo(Identity.named("u1", null, Identity.NEVER));
    }

    @Test
    void an_old_token_and_a_wrong_one_are_told_apart() throws Exception {
        String old = ConnectTokensTest.hs256("{\"sub\":\"u1\",\"exp\":1}");

        assertKind(() -> secure.authenticate(old, null, null, Instant.ofEpochMilli(11_000)), Kind.TOKEN_EXPIRED);
        assertKind(() -> secure.authenticate("x", null, null, Instant.ofEpochMilli(1000)), Kind.INVALID_TOKEN);
    }

    @Test
    void in_insecure_mode_a_client_names_itself() throws Exception {
        assertThat(insecure.authenticate(null, "u42", "till-3", Instant.EPOCH))
                .isEqualTo(Identity.presented("u42", "till-3", 0));
        assertKind(() -> insecure.authenticate(null, null, "till-3", Instant.EPOCH), Kind.UNAUTHORIZED);
        assertKind(() -> insecure.authenticate(null, "", null, Instant.EPOCH), Kind.INVALID_CLIENT);
        assertKind(() -> insecure.authenticate(null, "a\nb", null, Instant.EPOCH), Kind.INVALID_CLIENT);
        assertKind(() -> insecure.authenticate(null, "u42", "", Instant.EPOCH), Kind.UNAUTHORIZED);
    }

    @Test
    void a_client_without_a_name_is_a_guest_only_in_insecure_mode() throws Exception {
        Identity guest = insecure.authenticate(null, null, null, Instant.ofEpochMilli(7));
        assertThat(guest.guest()).isTrue();
        assertThat(guest.client()).matches("guest-[-0-9a-f]{36}");
        assertThat(insecure.authenticate(null, null, null, Instant.ofEpochMilli(7))
                        .client())
                .isNotEqualTo(guest.client());
        assertKind(() -> secure.authenticate(null, null, null, Instant.ofEpochMilli(7)), Kind.UNAUTHORIZED);
    }

    private static AccessPolicy letting(Anonymous anonymous, IdentitySource identity) {
        TokenOptions tokens = TokenOptions.ofSecret(SECRET);
        return new AccessPolicy(new AccessOptions(
                false,
                identity,
                anonymous,
                tokens,
                tokens,
                Rules.namespaces(Rules.namespace("open", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0)),
                List.of(),
                false,
                List.of()));
    }

    @Test
    void clients_without_a_name_are_let_in_as_configured_and_only_with_good_tokens() throws Exception {
        String unnamed = ConnectTokensTest.hs256("{}");
        String old = ConnectTokensTest.hs256("{\"exp\":1}");
        Instant now = Instant.ofEpochSecond(100);
        for (IdentitySource identity : List.of(IdentitySource.TOKEN, IdentitySource.BOTH)) {
            AccessPolicy nobody = letting(Anonymous.NOBODY, identity);
            AccessPolicy withToken = letting(Anonymous.TOKEN, identity);
            AccessPolicy everybody = letting(Anonymous.EVERYBODY, identity);
            assertKind(() -> nobody.authenticate(unnamed, null, null, now), Kind.INVALID_TOKEN);
            assertKind(() -> nobody.authenticate(null, null, null, now), Kind.UNAUTHORIZED);
            assertThat(withToken.authenticate(unnamed, null, null, now).guest()).isTrue();
            assertKind(() -> withToken.authenticate(null, null, null, now), Kind.UNAUTHORIZED);
            assertThat(everybody.authenticate(unnamed, null, null, now).guest()).isTrue();
            Identity named = everybody.authenticate(null, "u42", "till-3", now);
            assertThat(named.guest())
                    .as("what it says of itself does not count")
                    .isTrue();
            assertThat(named.client()).startsWith("guest-");
            for (AccessPolicy policy : List.of(withToken, everybody)) {
                assertKind(() -> policy.authenticate(old, null, null, now), Kind.TOKEN_EXPIRED);
                assertKind(() -> policy.authenticate("x", null, null, now), Kind.INVALID_TOKEN);
                assertKind(() -> policy.authenticate("", null, null, now), Kind.INVALID_TOKEN);
            }
        }
        assertKind(
                () -> letting(Anonymous.EVERYBODY, IdentitySource.CONTAINER).authenticate(unnamed, null, null, now),
                Kind.INVALID_TOKEN);
    }

    @Test
    void a_guest_has_no_outbox_and_gets_nobodys() throws Exception {
        AccessPolicy policy = letting(Anonymous.EVERYBODY, IdentitySource.TOKEN);
        Identity guest = policy.authenticate(null, null, null, Instant.EPOCH);
        for (String channel : List.of("#" + guest.client(), "#", "#u42", "#guest")) {
            assertThat(policy.maySubscribe(guest, channel, null, Instant.EPOCH).access())
                    .as(channel)
                    .isEqualTo(ChannelAccess.DENIED);
            assertThat(policy.may(Action.PUBLISH, guest, channel, false)).isFalse();
            assertThat(policy.may(Action.HISTORY, guest, channel, false)).isFalse();
        }
    }

    @Test
    void subscription_tokens_without_a_name_are_for_guests_and_those_with_one_are_not() throws Exception {
        AccessPolicy policy = letting(Anonymous.TOKEN, IdentitySource.TOKEN);
        Identity guest = policy.authenticate(ConnectTokensTest.hs256("{}"), null, null, Instant.EPOCH);
        Identity u42 = Identity.named("u42", null, Identity.NEVER);
        String unnamed = ConnectTokensTest.hs256("{\"channel\":\"open:1\"}");
        String named = ConnectTokensTest.hs256("{\"channel\":\"open:1\",\"sub\":\"u42\"}");
        String guests = ConnectTokensTest.hs256("{\"channel\":\"open:1\",\"sub\":\"" + guest.client() + "\"}");
        assertThat(policy.maySubscribe(guest, "open:1", unnamed, Instant.EPOCH).access())
                .isEqualTo(ChannelAccess.ALLOWED);
        assertThat(policy.maySubscribe(u42, "open:1", named, Instant.EPOCH).access())
                .isEqualTo(ChannelAccess.ALLOWED);
        assertKind(() -> policy.maySubscribe(u42, "open:1", unnamed, Instant.EPOCH), Kind.INVALID_TOKEN);
        assertKind(() -> policy.maySubscribe(guest, "open:1", named, Instant.EPOCH), Kind.INVALID_TOKEN);
        assertKind(() -> policy.maySubscribe(guest, "open:1", guests, Instant.EPOCH), Kind.INVALID_TOKEN);
        assertKind(() -> policy.maySubscribe(guest, "open:2", unnamed, Instant.EPOCH), Kind.INVALID_TOKEN);
    }

    @Test
    void a_bad_token_does_not_become_good_in_insecure_mode() {
        assertKind(() -> insecure.authenticate("x", "u42", null, Instant.EPOCH), Kind.INVALID_TOKEN);
        assertKind(
                () -> policy(true, SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS)
                        .authenticate("x", "u42", null, Instant.EPOCH),
                Kind.INVALID_TOKEN);
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
        assertThat(access(secure, "news")).isEqualTo(ChannelAccess.ALLOWED);
        assertThat(access(secure, "u42")).isEqualTo(ChannelAccess.ALLOWED);
        assertThat(mayPublish(secure, "news")).isTrue();
        assertThat(access(policy(false, SECRET, AllowedClients.NOBODY, AllowedClients.CLIENTS), "news"))
                .isEqualTo(ChannelAccess.DENIED);
        assertThat(mayPublish(policy(false, SECRET, AllowedClients.CLIENTS, AllowedClients.NOBODY), "news"))
                .isFalse();
    }

    @Test
    void an_invalid_channel_name_is_denied() {
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
        AccessPolicy listed = new AccessPolicy(Rules.options(
                false, SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of("https://shop.example")));

        assertThat(listed.mayOpen("https://shop.example", "gateway")).isTrue();
        assertThat(secure.mayOpen("https://shop.example", "gateway")).isFalse();
        assertThat(insecure.mayOpen("http://rebound.example", "rebound.example"))
                .isFalse();
    }

    @Test
    void options_refuse_what_cannot_work_and_hide_secrets() {
        assertThatThrownBy(() -> policy(false, "short", AllowedClients.CLIENTS, AllowedClients.CLIENTS))
                .isInstanceOf(IllegalArgumentException.class);
        AccessOptions good = Rules.options(false, SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of());
        assertThatThrownBy(() -> new AccessOptions(
                        false,
                        IdentitySource.TOKEN,
                        Anonymous.TOKEN,
                        good.connectTokens(),
                        good.subscriptionTokens(),
                        good.namespaces(),
                        List.of(" "),
                        false,
                        List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(good.toString()).doesNotContain(SECRET).doesNotContain("dev");
    }

    @Test
    void the_containers_login_counts_where_it_is_configured_to() throws Exception {
        String token = ConnectTokensTest.hs256("{\"sub\":\"u1\"}");
        AccessPolicy container = policy(IdentitySource.CONTAINER);
        AccessPolicy both = policy(IdentitySource.BOTH);

        assertThat(container.authenticate(null, Login.of("alice"), null, null, Instant.ofEpochMilli(7)))
                .isEqualTo(Identity.presented("alice", null, 7));
        assertThat(both.authenticate(null, Login.of("alice"), null, null, Instant.ofEpochMilli(7))
                        .client())
                .isEqualTo("alice");
        assertThat(both.authenticate(token, Login.of("alice"), null, null, Instant.ofEpochMilli(7))
                        .client())
                .isEqualTo("u1");
        assertKind(
                () -> container.authenticate(token, Login.of("alice"), null, null, Instant.ofEpochMilli(7)),
                Kind.INVALID_TOKEN);
        assertKind(
                () -> both.authenticate("x", Login.of("alice"), null, null, Instant.ofEpochMilli(7)),
                Kind.INVALID_TOKEN);
        assertKind(() -> container.authenticate(null, null, "alice", null, Instant.ofEpochMilli(7)), Kind.UNAUTHORIZED);
        assertKind(
                () -> container.authenticate(null, Login.of("al\u200bice"), null, null, Instant.ofEpochMilli(7)),
                Kind.UNAUTHORIZED);
        assertKind(
                () -> secure.authenticate(null, Login.of("alice"), null, null, Instant.ofEpochMilli(7)),
                Kind.UNAUTHORIZED);
    }

    @Test
    void a_connect_token_grants_no_channel_of_an_unknown_namespace_and_none_for_nobody() throws Exception {
        AccessPolicy policy = policy(IdentitySource.TOKEN);

        assertThat(policy.authenticate(granting("orders:1"), null, null, Instant.EPOCH)
                        .channels())
                .containsExactly("orders:1");
        assertKind(() -> policy.authenticate(granting("unknown:1"), null, null, Instant.EPOCH), Kind.UNKNOWN_CHANNEL);
        assertKind(() -> policy.authenticate(granting("plain"), null, null, Instant.EPOCH), Kind.PERMISSION);
    }

    private static String granting(String channel) throws com.nimbusds.jose.JOSEException {
        return ConnectTokensTest.hs256("{\"sub\":\"u1\",\"channels\":[\"" + channel + "\"]}");
    }

    @Test
    void the_rate_of_a_namespace_is_each_clients_own() {
        AccessPolicy policy = policy(IdentitySource.TOKEN);
        Identity one = Identity.named("u1", null, Identity.NEVER);
        Identity two = Identity.named("u2", null, Identity.NEVER);

        assertThat(policy.withinRate(one, "orders:1", 0)).isTrue();
        assertThat(policy.withinRate(one, "orders:2", 0)).isTrue();
        assertThat(policy.withinRate(one, "orders:3", 0)).isFalse();
        assertThat(policy.withinRate(two, "orders:3", 0)).isTrue();
        assertThat(policy.withinRate(one, "plain", 0)).as("without limit").isTrue();
        assertThat(policy.withinRate(one, "orders:3", 500_000_000)).isTrue();
    }

    /** With a namespace {@code orders}: for subscribers, two publishes a second. */
    private static AccessPolicy policy(IdentitySource identity) {
        return new AccessPolicy(Rules.options(
                false,
                identity,
                TokenOptions.ofSecret(SECRET),
                Rules.namespaces(Rules.namespace("orders", AllowedClients.SUBSCRIBERS, AllowedClients.CLIENTS, 2)),
                List.of()));
    }

    private static AccessPolicy policy(
            boolean insecure, @Nullable String secret, AllowedClients subscribe, AllowedClients publish) {
        return new AccessPolicy(Rules.options(insecure, secret, subscribe, publish, List.of()));
    }

    private static void assertKind(ThrowingCallable attempt, Kind kind) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(kind));
    }

    private static ChannelAccess access(AccessPolicy policy, String channel) {
        try {
            return policy.maySubscribe(Identity.named("u42", null, Identity.NEVER), channel, null, Instant.EPOCH)
                    .access();
        } catch (AccessDeniedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean mayPublish(AccessPolicy policy, String channel) {
        return policy.may(Action.PUBLISH, Identity.named("u42", null, Identity.NEVER), channel, false);
    }
}
