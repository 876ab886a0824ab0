package io.holdfast.access;

import java.util.List;

/**
 * The configuration of access.
 *
 * @param insecure for development on loopback: clients choose their names, and every channel has a namespace
 * @param identity how a client is identified
 * @param anonymous which clients without a name may connect
 * @param connectTokens which tokens are valid in connect and refresh commands
 * @param subscriptionTokens which tokens are valid in subscribe and sub_refresh commands
 * @param namespaces of the channels
 * @param apiKeys entries of {@link ApiKeys}; empty lets nobody use the HTTP API with a key
 * @param apiKeyInQuery whether a key may stand in the address, as {@code ?api_key=}
 * @param allowedOrigins such as {@code https://shop.example}; empty allows the server's own only; {@code *} allows all
 */
public record AccessOptions(
        boolean insecure,
        IdentitySource identity,
        Anonymous anonymous,
        TokenOptions connectTokens,
        TokenOptions subscriptionTokens,
        Namespaces namespaces,
        List<String> apiKeys,
        boolean apiKeyInQuery,
        List<String> allowedOrigins) {

    public AccessOptions {
        apiKeys = List.copyOf(apiKeys);
        allowedOrigins = List.copyOf(allowedOrigins);
        if (apiKeys.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("an API key must not be blank");
        }
    }

    /** Never shows a secret. */
    @Override
    public String toString() {
        return "AccessOptions[insecure=" + insecure + ", identity=" + identity + ", anonymous=" + anonymous
                + ", connectTokens=" + connectTokens
                + ", subscriptionTokens=" + subscriptionTokens + ", namespaces=" + namespaces + ", apiKeys="
                + apiKeys.size() + ", apiKeyInQuery=" + apiKeyInQuery + ", allowedOrigins=" + allowedOrigins + "]";
    }
}
