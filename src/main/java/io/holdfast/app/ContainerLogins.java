package io.holdfast.app;

import io.holdfast.access.Identity;
import io.holdfast.access.Login;
import io.holdfast.access.Logins;
import io.holdfast.delivery.OutsideTime;
import java.security.Principal;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/**
 * Reads the container's principals. One of MicroProfile JWT says how long it is good and has an id; of others the name is all.
 * Servers without the feature do not have the class of the former.
 */
final class ContainerLogins implements Logins {

    private final boolean tokens;

    /** @param tokens whether the server has MicroProfile JWT */
    ContainerLogins(boolean tokens) {
        this.tokens = tokens;
    }

    static ContainerLogins ofThisServer() {
        try {
            Class.forName("org.eclipse.microprofile.jwt.JsonWebToken", false, ContainerLogins.class.getClassLoader());
            return new ContainerLogins(true);
        } catch (ClassNotFoundException e) {
            return new ContainerLogins(false);
        }
    }

    @Override
    public Login of(Principal principal) {
        return tokens ? Tokens.read(principal) : Login.of(principal.getName());
    }

    /** A separate class, so that it is not loaded if the server does not have MicroProfile JWT. */
    private static final class Tokens {
        private Tokens() {}

        /** @param seconds since 1970, as claims have them */
        private static long millis(@Nullable Object seconds) {
            return seconds instanceof Number number ? OutsideTime.millis(number) : Identity.NEVER;
        }

        static Login read(Principal principal) {
            if (!(principal instanceof JsonWebToken token)) {
                return Login.of(principal.getName());
            }
            return new Login(token.getName(), millis(token.getClaim("exp")), token.getTokenID());
        }
    }
}
