package io.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Names;
import org.jspecify.annotations.Nullable;

/**
 * Whom a token names must satisfy everybody behind it: names that may be, no outboxes, not expired, information in one
 * line. Not in the fuzz test itself: JUnit would load the records in its signatures before Jazzer's agent is there, and JDK
 * 17 loses the fields of a record with annotated types that is transformed afterwards.
 */
final class TokenUse {
    private TokenUse() {}

    static void of(SignedTokens keys, String token) {
        Identity identity = identity(keys, token);
        SubscribeGrant grant = grant(keys, token);
        if (identity != null) {
            assertThat(grant).as("both kinds at once").isNull();
            isUsable(identity);
        }
        if (grant != null) {
            isNotExpired(grant.expiresAtMillis());
            isCompact(grant.info());
        }
    }

    private static void isUsable(Identity identity) {
        assertThat(Names.isClient(identity.client())).isTrue();
        String device = identity.device();
        assertThat(device == null || Names.isDevice(device)).isTrue();
        isNotExpired(identity.expiresAtMillis());
        assertThat(identity.channels())
                .hasSizeLessThanOrEqualTo(ConnectTokens.MAX_CHANNELS)
                .doesNotHaveDuplicates()
                .allMatch(channel -> Names.isChannel(channel) && !channel.startsWith("#"));
        isCompact(identity.info());
    }

    private static void isNotExpired(long expiresAtMillis) {
        assertThat(expiresAtMillis).isGreaterThan(FuzzKeys.NOW_MILLIS - TokenOptions.SKEW.toMillis());
    }

    private static void isCompact(byte @Nullable [] info) {
        if (info != null) {
            assertThat(new String(info, UTF_8))
                    .isNotEqualTo("null")
                    .matches("[^\\x00-\\x1f]+"); // as JSON has it: DEL may stand there
        }
    }

    private static @Nullable Identity identity(SignedTokens keys, String token) {
        try {
            return new ConnectTokens(keys).verify(token, FuzzKeys.NOW_MILLIS);
        } catch (AccessDeniedException expected) {
            return null;
        }
    }

    private static @Nullable SubscribeGrant grant(SignedTokens keys, String token) {
        try {
            return new SubscriptionTokens(keys)
                    .verify(token, Identity.named("u42", null, Identity.NEVER), "orders:7", FuzzKeys.NOW_MILLIS);
        } catch (AccessDeniedException expected) {
            return null;
        }
    }
}
