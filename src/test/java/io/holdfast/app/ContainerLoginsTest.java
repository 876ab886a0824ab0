package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.Login;
import io.holdfast.delivery.OutsideTime;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.junit.jupiter.api.Test;

class ContainerLoginsTest {
    private final ContainerLogins logins = new ContainerLogins(true);

    /** A principal of MicroProfile JWT, as a container makes it. */
    private record Token(Map<String, Object> claims) implements JsonWebToken {
        @Override
        public String getName() {
            return "alice";
        }

        @Override
        public Set<String> getClaimNames() {
            return claims.keySet();
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getClaim(String name) {
            return (T) claims.get(name);
        }
    }

    @Test
    void a_token_of_microprofile_says_how_long_it_is_good_and_which_it_is() {
        assertThat(logins.of(new Token(Map.of("exp", 1_790_000_000L, "jti", "t-1"))))
                .isEqualTo(new Login("alice", 1_790_000_000_000L, "t-1"));
    }

    @Test
    void a_token_that_names_no_end_does_not_end_and_one_far_ahead_ends_in_the_year_9999() {
        assertThat(logins.of(new Token(new HashMap<>()))).isEqualTo(Login.of("alice"));
        assertThat(logins.of(new Token(Map.of("exp", Long.MAX_VALUE))).expiresAtMillis())
                .isEqualTo(OutsideTime.LAST_MILLIS);
    }

    @Test
    void of_other_principals_and_without_microprofile_jwt_the_name_is_all() {
        Principal user = () -> "bob";
        assertThat(logins.of(user)).isEqualTo(Login.of("bob"));
        assertThat(new ContainerLogins(false).of(new Token(Map.of("exp", 1L)))).isEqualTo(Login.of("alice"));
    }

    @Test
    void these_tests_have_the_class_that_servers_without_the_feature_lack() {
        assertThat(ContainerLogins.ofThisServer()
                        .of(new Token(Map.of("exp", 1L)))
                        .expiresAtMillis())
                .isEqualTo(1_000);
    }
}
