package io.holdfast.access;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.nimbusds.jose.util.Base64URL;
import io.holdfast.fuzz.Allocation;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Any bytes as a token, for keys of every kind: only what those keys have signed ever passes. With a line break in them
 * the first line is the header, the last the signature in Base64, what is between them the claims; else they are the
 * token's text.
 */
class TokenFuzzTest {
    private static final SignedTokens CONFIGURED = FuzzKeys.configured();
    private static final SignedTokens FETCHED = FuzzKeys.fetched();
    private static final Allocation ALLOCATION = new Allocation(4 << 20, 200);

    /** Of tokens that were signed: what was signed, and the signature. */
    private static final Map<String, Base64URL> SIGNED = new HashMap<>();

    static {
        FuzzKeys.goodTokens().forEach(token -> SIGNED.put(signed(token), signature(token)));
    }

    @Test
    void tokens_that_were_signed_pass() throws Exception {
        for (String token : FuzzKeys.goodTokens()) {
            assertThat(CONFIGURED.verify(token, FuzzKeys.NOW_MILLIS).client()).isEqualTo("u42");
            boolean secret = token.startsWith(
                    Base64URL.encode("{\"alg\":\"HS").toString().substring(0, 12));
            if (!secret) {
                assertThat(FETCHED.verify(token, FuzzKeys.NOW_MILLIS).client()).isEqualTo("u42");
            }
        }
    }

    @FuzzTest(maxDuration = "60m", maxExecutions = 1_200_000)
    @DictionaryEntries({
        "\"alg\":\"none\"",
        "\"alg\":\"HS256\"",
        "\"alg\":\"RS256\"",
        "\"alg\":\"PS256\"",
        "\"alg\":\"ES256\"",
        "\"alg\":\"EdDSA\"",
        "\"kid\":\"rsa\"",
        "\"kid\":\"ec\"",
        "\"kid\":\"ed\"",
        "\"crit\":[\"exp\"]",
        "\"b64\":false",
        "\"jwk\":{",
        "\"jku\":\"https://",
        "\"x5u\":\"https://",
        "\"x5c\":[",
        "\"zip\":\"DEF\"",
        "\"enc\":\"A128GCM\"",
        "\"typ\":\"JWT\"",
        "\"cty\":\"JWT\"",
        "eyJ",
        "..",
        "\\x0a"
    })
    void only_tokens_that_were_signed_pass(byte[] input) {
        String token = token(new String(input, ISO_8859_1));
        ALLOCATION.bounds(token.length(), () -> {
            passesOnlyIfSigned(token, CONFIGURED);
            passesOnlyIfSigned(token, FETCHED);
        });
    }

    private static void passesOnlyIfSigned(String token, SignedTokens keys) {
        if (!passes(() -> keys.verify(token, FuzzKeys.NOW_MILLIS))) {
            return; // and checking signatures once is dear enough
        }
        assertThat(SIGNED).containsEntry(signed(token), signature(token));
        boolean connects = passes(() -> new ConnectTokens(keys).verify(token, FuzzKeys.NOW_MILLIS));
        boolean subscribes = passes(() -> new SubscriptionTokens(keys)
                .verify(token, Identity.named("u42", null, Identity.NEVER), "orders:7", FuzzKeys.NOW_MILLIS));
        assertThat(connects).as("one kind and not the other").isNotEqualTo(subscribes);
    }

    private interface Check {
        Object result() throws AccessDeniedException;
    }

    private static boolean passes(Check check) {
        try {
            return check.result() != null;
        } catch (AccessDeniedException expected) {
            return false;
        }
    }

    private static String token(String input) {
        int first = input.indexOf('\n');
        int last = input.lastIndexOf('\n');
        if (first < 0) {
            return input;
        }
        String claims = first == last ? "" : input.substring(first + 1, last);
        return base64(input.substring(0, first)) + '.' + base64(claims) + '.' + input.substring(last + 1);
    }

    private static String base64(String bytes) {
        return Base64URL.encode(bytes.getBytes(ISO_8859_1)).toString();
    }

    /** Header and claims, which are signed as they stand there; blanks around the token do not count. */
    private static String signed(String token) {
        return token.substring(0, token.lastIndexOf('.')).trim();
    }

    /** Its bytes: Base64 has several texts for the same. */
    private static Base64URL signature(String token) {
        return Base64URL.encode(new Base64URL(token.substring(token.lastIndexOf('.') + 1)).decode());
    }
}
