package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.CliRun;
import io.holdfast.client.Tokens;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line makes is good here, and what it says of a token is what happens to it here. */
class CliTokensTest {
    private static final String SECRET = "a secret of at least thirty-two bytes";

    private final SignedTokens keys = new SignedTokens(
            new TokenOptions(SECRET, List.of(), null, Duration.ofMinutes(5), null, null, TokenOptions.SKEW, Set.of()),
            Runnable::run,
            System::nanoTime);

    private static CliRun run(String... arguments) {
        return CliRun.around().with("HOLDFAST_TOKEN_HMAC_SECRET", SECRET).run(arguments);
    }

    @Test
    void a_connect_token_that_was_made_is_good() throws Exception {
        String token = run("token", "make", "--sub", "ü42", "--device", "till", "--channels", "a,b:1", "--id", "j1")
                .out()
                .strip();
        Identity identity = new ConnectTokens(keys).verify(token, System.currentTimeMillis());
        assertThat(identity.client()).isEqualTo("ü42");
        assertThat(identity.device()).isEqualTo("till");
        assertThat(identity.channels()).containsExactly("a", "b:1");
        assertThat(identity.tokenId()).isEqualTo("j1");
    }

    @Test
    void a_subscription_token_that_was_made_is_good_for_its_channel() throws Exception {
        String token = run("token", "make", "--sub", "u42", "--subscription", "orders:7", "--ttl", "1h")
                .out()
                .strip();
        long now = System.currentTimeMillis();
        assertThat(new SubscriptionTokens(keys)
                        .verify(token, Identity.named("u42", null, Identity.NEVER), "orders:7", now)
                        .expiresAtMillis())
                .isBetween(now + 3_590_000, now + 3_610_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'sub':'u'}",
                "{'sub':'u','exp':4102444800,'nbf':5}",
                "{'sub':'u','exp':1}",
                "{'sub':'u','exp':null}",
                "{'sub':'u','exp':'soon'}",
                "{'sub':'u','nbf':4102444800}",
                "{}",
                "{'sub':7}",
                "{'sub':''}",
                "{'sub':'a\\u200b'}",
                "{'sub':'u','device':'d'}",
                "{'sub':'u','device':7}",
                "{'sub':'u','device':''}",
                "{'sub':'u','channels':['a','#u']}",
                "{'sub':'u','channels':['a',7]}",
                "{'sub':'u','channels':['#other']}",
                "{'sub':'u','channels':'a'}",
                "{'sub':'u','subs':{'a':{}}}",
                "{'sub':'u','subs':{'#other':{}}}",
                "{'sub':'u','subs':['a']}",
            })
    void a_check_says_what_happens_here(String claims) {
        String token = Tokens.hs256(SECRET, claims.replace('\'', '"'));
        assertThat(run("token", "check", token).exit() == 0)
                .as("%s is good for the command line", claims)
                .isEqualTo(isGood(token));
    }

    private boolean isGood(String token) {
        try {
            new ConnectTokens(keys).verify(token, System.currentTimeMillis());
            return true;
        } catch (AccessDeniedException e) {
            return false;
        }
    }
}
