package io.holdfast.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.util.Base64URL;
import io.holdfast.fuzz.Allocation;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Any bytes as the claims of a token whose signature is right: whom it names can be used by everybody behind it. */
class TokenClaimsFuzzTest {
    private static final String HEADER = Base64URL.encode("{\"alg\":\"HS256\"}").toString();
    private static final SignedTokens TOKENS = FuzzKeys.configured();
    private static final Allocation ALLOCATION = new Allocation(128 << 10, 200);

    @FuzzTest(maxDuration = "30m", maxExecutions = 1_500_000)
    @DictionaryEntries({
        "\"sub\":\"u42\"",
        "\"exp\":1",
        "\"exp\":4000000000",
        "\"nbf\":1",
        "\"iat\":1",
        "\"jti\":\"t\"",
        "\"aud\":[\"a\"]",
        "\"iss\":\"i\"",
        "\"device\":\"d\"",
        "\"info\":",
        "\"channels\":[\"a\"]",
        "\"subs\":{\"a\":{}}",
        "\"channel\":\"orders:7\"",
        "\"#u42\"",
        "\"#u43\"",
        "1e999999999",
        "9223372036854775808",
        "\\ud800",
        "null",
        "[[[["
    })
    void a_signed_token_names_somebody_or_is_denied(byte[] claims) {
        String token = signed(claims);
        ALLOCATION.bounds(claims.length, () -> TokenUse.of(TOKENS, token));
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
