package io.holdfast.app;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.Anonymous;
import io.holdfast.access.IdentitySource;
import java.util.ArrayList;
import java.util.List;

/** Finds out whether the configuration lets nobody in. Nothing is open by default, and that is easily forgotten. */
final class AccessGaps {
    private AccessGaps() {}

    /**
     * What nobody can do, and what to set, for people; empty if somebody can connect, and somebody can publish. Logins of the
     * container count where clients may use them. Who has roles in the container beyond that cannot be known.
     *
     * @param connectHandler whether the application or a back end decides who may connect
     * @param otherPublishers whether there are any beside callers of the API and clients: the application itself
     */
    static List<String> find(AccessOptions access, boolean connectHandler, boolean otherPublishers) {
        List<String> gaps = new ArrayList<>();
        boolean logins = access.identity() != IdentitySource.TOKEN;
        if (!access.insecure()
                && !logins
                && !access.connectTokens().hasKeys()
                && access.anonymous() != Anonymous.EVERYBODY
                && !connectHandler) {
            gaps.add(
                    "Nobody can connect: there is no key for tokens. Set holdfast.token.hmac-secret (32 bytes or more),"
                            + " holdfast.token.public-key or holdfast.token.jwks-url");
        }
        if (!logins
                && access.apiKeys().isEmpty()
                && !otherPublishers
                && !access.namespaces().clientsMayPublish()) {
            gaps.add("Nobody can publish: there is no API key. Set holdfast.api.keys, for instance to"
                    + " publisher:sha256:<digest of a random key> (docs/api.md)");
        }
        return gaps;
    }

    /** The gaps as a warning that cannot be overlooked. */
    static String warning(List<String> gaps) {
        String line = "!".repeat(100);
        return "\n" + line + "\n!  " + String.join("\n!  ", gaps)
                + "\n!  /health/ready answers 503 until then. To try Holdfast on this machine only, set holdfast.insecure=true."
                + "\n!  If roles of the container let in who is needed, set holdfast.access.check=false.\n" + line;
    }
}
