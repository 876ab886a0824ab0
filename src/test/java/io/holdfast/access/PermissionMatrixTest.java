package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may do what, cell by cell. {@code yes}; {@code 103} denied; {@code 102} no such namespace; {@code 105} already
 * subscribed by the server; {@code 101} not even connected.
 */
class PermissionMatrixTest {
    private static final long NOW = 1_790_000_000_000L;

    private final AccessPolicy policy = new AccessPolicy(Rules.options(
            false,
            IdentitySource.TOKEN,
            TokenOptions.ofSecret(ConnectTokensTest.secret()),
            Rules.namespaces(
                    Rules.namespace("open", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0),
                    Rules.namespace("subscribers", AllowedClients.SUBSCRIBERS, AllowedClients.SUBSCRIBERS, 0),
                    Rules.namespace("nobody", AllowedClients.NOBODY, AllowedClients.NOBODY, 0)),
            List.of()));

    // subscribe, and subscribe with recovery, which is the same decision | publish | presence | history
    @ParameterizedTest(name = "{0} on {1}")
    @CsvSource({
        "anonymous,      open:1,        101, 101, 101, 101",
        "anonymous,      subscribers:1, 101, 101, 101, 101",
        "anonymous,      nobody:1,      101, 101, 101, 101",
        "anonymous,      #u1,           101, 101, 101, 101",
        "anonymous,      #u2,           101, 101, 101, 101",
        "anonymous,      unknown:1,     101, 101, 101, 101",
        "anonymous,      plain,         101, 101, 101, 101",
        "client,         open:1,        yes, yes, yes, yes",
        "client,         subscribers:1, 103, 103, 103, 103",
        "client,         nobody:1,      103, 103, 103, 103",
        "client,         #u1,           105, 103, 103, 103",
        "client,         #u2,           103, 103, 103, 103",
        "client,         unknown:1,     102, 102, 102, 102",
        "client,         plain,         103, 103, 103, 103",
        "subscriber,     open:1,        yes, yes, yes, yes",
        "subscriber,     subscribers:1, 103, yes, yes, yes",
        "subscriber,     nobody:1,      103, 103, 103, 103",
        "subscriber,     #u1,           105, 103, 103, 103",
        "subscriber,     #u2,           103, 103, 103, 103",
        "subscriber,     unknown:1,     102, 102, 102, 102",
        "subscriber,     plain,         103, 103, 103, 103",
        "token holder,   open:1,        yes, yes, yes, yes",
        "token holder,   subscribers:1, yes, 103, 103, 103",
        "token holder,   nobody:1,      103, 103, 103, 103",
        "token holder,   #u1,           105, 103, 103, 103",
        "token holder,   #u2,           103, 103, 103, 103",
        "token holder,   unknown:1,     102, 102, 102, 102",
        "token holder,   plain,         103, 103, 103, 103",
        "another client, open:1,        yes, yes, yes, yes",
        "another client, subscribers:1, 103, 103, 103, 103",
        "another client, nobody:1,      103, 103, 103, 103",
        "another client, #u1,           103, 103, 103, 103",
        "another client, #u2,           105, 103, 103, 103",
        "another client, unknown:1,     102, 102, 102, 102",
        "another client, plain,         103, 103, 103, 103",
        "thief of token, open:1,        103, yes, yes, yes",
        "thief of token, subscribers:1, 103, 103, 103, 103",
        "thief of token, #u1,           103, 103, 103, 103",
        "thief of token, nobody:1,      103, 103, 103, 103",
    })
    void is_decided_so(String role, String channel, String subscribe, String publish, String presence, String history)
            throws Exception {
        if (role.equals("anonymous")) {
            assertThat(connected(null)).isEqualTo("101");
            return;
        }
        boolean other = role.equals("another client") || role.equals("thief of token");
        Identity who = policy.authenticate(
                ConnectTokensTest.hs256("{\"sub\":\"" + (other ? "u2" : "u1") + "\"}"), null, null, at(NOW));
        boolean holdsToken = role.equals("token holder") || role.equals("thief of token");
        String token = holdsToken ? ConnectTokensTest.hs256("{\"sub\":\"u1\",\"channel\":\"" + channel + "\"}") : null;
        boolean subscribed = role.equals("subscriber");

        assertThat(subscribed(who, channel, token)).as("subscribe").isEqualTo(subscribe);
        assertThat(allowed(Action.PUBLISH, who, channel, subscribed))
                .as("publish")
                .isEqualTo(publish);
        assertThat(allowed(Action.PRESENCE, who, channel, subscribed))
                .as("presence")
                .isEqualTo(presence);
        assertThat(allowed(Action.HISTORY, who, channel, subscribed))
                .as("history")
                .isEqualTo(history);
    }

    // A client named "a" with a letter of two forms, and whatever looks like its outbox or gets there by decoding.
    @ParameterizedTest
    @CsvSource({
        "caf\u00e9,   #caf\u00e9,      105",
        "caf\u00e9,   #cafe\u0301,     103",
        "cafe\u0301,  #caf\u00e9,      103",
        "cafe\u0301,  #cafe\u0301,     105",
        "u1,          ##u1,            103",
        "#u1,         #u1,             103",
        "#u1,         ##u1,            105",
        "u1,          #,               103",
        "u1,          '#u1 ',          103",
        "u1,          ' #u1',          103",
        "u1,          '# u1',          103",
        "u1,          %23u1,           103",
        "a/b,         #a%2fb,          103",
        "a/b,         #a%2Fb,          103",
        "a/b,         #a/b,            105",
        "a%2fb,       #a/b,            103",
        "u1,          #u1\u200b,       103",
        "u1,          #\u200bu1,       103",
        "u1,          #u1\u202e,       103",
        "u1,          #\u2066u1\u2069, 103",
        "u1,          '#u1\u0000',     103",
        "u1,          \uff03u1,        103",
        "u1,          #\uff551,        103",
        "u1,          #U1,             103",
        "u1,          '#u1,u2',        103",
        "stra\u00dfe, #strasse,        103",
        "I,           #\u0131,         103",
        "k,           #\u212a,         103",
    })
    void a_name_is_its_own_and_no_trick_makes_it_another(String client, String channel, String outcome) {
        assertThat(subscribed(Identity.named(client, null, Identity.NEVER), channel, null))
                .isEqualTo(outcome);
    }

    private String connected(@Nullable String token) {
        try {
            policy.authenticate(token, "u1", null, at(NOW));
            return "yes";
        } catch (AccessDeniedException e) {
            return e.kind() == AccessDeniedException.Kind.UNAUTHORIZED
                    ? "101"
                    : e.kind().name();
        }
    }

    private String subscribed(Identity who, String channel, @Nullable String token) {
        return subscribed(policy, who, channel, token);
    }

    private static String subscribed(AccessPolicy policy, Identity who, String channel, @Nullable String token) {
        try {
            return switch (policy.maySubscribe(who, channel, token, at(NOW)).access()) {
                case ALLOWED -> "yes";
                case DENIED, NEEDS_TOKEN -> "103";
                case UNKNOWN -> "102";
                case OWN_OUTBOX -> "105";
            };
        } catch (AccessDeniedException e) {
            return e.kind() == AccessDeniedException.Kind.INVALID_TOKEN
                    ? "103"
                    : e.kind().name();
        }
    }

    private String allowed(Action action, Identity who, String channel, boolean subscribed) {
        return allowed(policy, action, who, channel, subscribed);
    }

    private static String allowed(
            AccessPolicy policy, Action action, Identity who, String channel, boolean subscribed) {
        if (policy.may(action, who, channel, subscribed)) {
            return "yes";
        }
        return policy.knows(channel) ? "103" : "102";
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    // A client named u1; the option is on in "limited", with the right to subscribe for holders of tokens only; "open"
    // lacks it.
    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource({
        "limited:7#u1,     u1,    yes, yes",
        "'limited:7#u1,u2', u1,    yes, yes",
        "'limited:7#u2,u1', u1,    yes, yes",
        "limited:#u1,      u1,    yes, yes",
        "limited:7#u2,     u1,    103, 103",
        "limited:7#,       u1,    103, 103",
        "limited:7#u11,    u1,    103, 103",
        "limited:7#u,      u1,    103, 103",
        "limited:7#U1,     u1,    103, 103",
        "limited:7# u1,    u1,    103, 103",
        "limited:7#u2#u1,  u1,    103, 103",
        "limited:7#u2#u1,  u2#u1, 103, 103",
        "'limited:7#u2,u1', 'u2,u1', 103, 103",
        "limited:7,        u1,    103, yes",
        "open:7#u1,        u1,    103, 103",
        "open:7#,          u1,    103, 103",
        "open:7,           u1,    yes, yes",
        "$open:7,          u1,    103, 103",
        "$limited:7#u1,    u1,    103, 103",
        "$plain,           u1,    103, 103",
        "$unknown:7,       u1,    102, 102",
        "plain#u1,         u1,    103, 103",
        "unknown:7#u1,     u1,    102, 102",
        "'#u2,u1', u1,    103, 103",
    })
    void a_name_that_keeps_clients_out_does_so_whatever_the_namespace_gives_to_all(
            String channel, String client, String subscribe, String others) {
        AccessPolicy limited = limited();
        Identity who = Identity.named(client, null, Identity.NEVER);
        assertThat(subscribed(limited, who, channel, null)).isEqualTo(subscribe);
        for (Action action : Action.values()) {
            assertThat(allowed(limited, action, who, channel, false))
                    .as(action.name())
                    .isEqualTo(others);
        }
    }

    @Test
    void a_token_for_the_channel_lets_its_client_in_whatever_the_name_says() throws Exception {
        AccessPolicy limited = limited();
        for (String channel : List.of("limited:7#u2", "open:7#u2", "$open:7", "$limited:7#u2")) {
            Identity who = Identity.named("u1", null, Identity.NEVER);
            String token = ConnectTokensTest.hs256("{\"sub\":\"u1\",\"channel\":\"" + channel + "\"}");
            assertThat(subscribed(limited, who, channel, token)).isEqualTo("yes");
            assertThat(allowed(limited, Action.HISTORY, who, channel, true)).isEqualTo("yes");
            assertThat(allowed(limited, Action.HISTORY, who, channel, false)).isEqualTo("103");
        }
    }

    @Test
    void a_guest_is_in_no_list() throws Exception {
        AccessPolicy limited = limited();
        Identity guest = limited.authenticate(ConnectTokensTest.hs256("{}"), null, null, at(NOW));
        for (String channel : List.of("limited:7#" + guest.client(), "limited:7#")) {
            assertThat(subscribed(limited, guest, channel, null)).isEqualTo("103");
            assertThat(allowed(limited, Action.PUBLISH, guest, channel, false)).isEqualTo("103");
        }
    }

    private static AccessPolicy limited() {
        return new AccessPolicy(Rules.options(
                false,
                IdentitySource.TOKEN,
                TokenOptions.ofSecret(ConnectTokensTest.secret()),
                Rules.namespaces(
                        Rules.userLimited("limited", AllowedClients.SUBSCRIBERS),
                        Rules.namespace("open", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0)),
                List.of()));
    }
}
