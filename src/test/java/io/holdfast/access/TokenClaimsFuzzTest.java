package io.holdfast.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.util.Base64URL;
import io.holdfast.fuzz.Allocation;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Any bytes as the claims of a token whose signature is right: whom it names can be used by everybody behind it. */
class TokenClaimsFuzzTest {
    private static final String HEADER = Base64URL.encode("{\"alg\":\"HS256\"}").toString();
    private static final SignedTokens TOKENS = FuzzKeys.configured();
    private static final Allocation ALLOCATION = new Allocation(128 << 10, 200);

    @FuzzTest(maxDuration = "30m", maxExecutions = 1_500_000)
    @DictionaryEntries({
        "\"sub\":\"u42\"", "\"exp\":1", "\"exp\":4000000000", "\"nbf\":1", "\"iat\":1", "\"jti\":\"t\"", "\"aud\":[\"a\"]",
        "\"iss\":\"i\"", "\"device\":\"d\"", "\"info\":", "\"channels\":[\"a\"]", "\"subs\":{\"a\":{}}",
        "\"channel\":\"orders:7\"", "\"#u42\"", "\"#u43\"", "1e999999999", "9223372036854775808", "\\ud800", "null", "[[[["
    })
    void a_signed_token_names_somebody_or_is_denied(byte[] claims) {
        String token = signed(claims);
        ALLOCATION.bounds(claims.length, () -> {
            Identity identity = identity(token);
            SubscribeGrant grant = grant(token);
            if (identity != null) {
                assertThat(grant).as("both kinds at once").isNull();
                isUsable(identity);
            }
            if (grant != null) {
                assertThat(grant.expiresAtMillis()).isGreaterThan(FuzzKeys.NOW_MILLIS - TokenOptions.SKEW.toMillis());
                isCompact(grant.info());
            }
        });
    }

    private static void isUsable(Identity identity) {
        assertThat(Names.isClient(identity.client())).isTrue();
        String device = identity.device();
        assertThat(device == null || Names.isDevice(device)).isTrue();
        assertThat(identity.expiresAtMillis()).isGreaterThan(FuzzKeys.NOW_MILLIS - TokenOptions.SKEW.toMillis());
        assertThat(identity.channels())
                .hasSizeLessThanOrEqualTo(ConnectTokens.MAX_CHANNELS)
                .doesNotHaveDuplicates()
                .allMatch(channel -> Names.isChannel(channel) && !channel.startsWith("#"));
        isCompact(identity.info());
    }

    private static void isCompact(byte @Nullable [] info) {
        if (info != null) {
            assertThat(new String(info, UTF_8)).isNotEmpty().isNotEqualTo("null").matches("\\P{Cntrl}+");
        }
    }

    private static @Nullable Identity identity(String token) {
        try {
            return new ConnectTokens(TOKENS).verify(token, FuzzKeys.NOW_MILLIS);
        } catch (AccessDeniedException expected) {
            return null;
        }
    }

    private static @Nullable SubscribeGrant grant(String token) {
        try {
            return new SubscriptionTokens(TOKENS)
                    .verify(token, "u42", "orders:7", FuzzKeys.NOW_MILLIS)
                    .grant();
        } catch (AccessDeniedException expected) {
            return null;
        }
    }

    private static String signed(byte[] claims) {
        try {
            String input = HEADER + '.' + Base64URL.encode(claims);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(FuzzKeys.SECRET.getBytes(UTF_8), "HmacSHA256"));
            return input + '.' + Base64URL.encode(mac.doFinal(input.getBytes(US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
