package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.Rules;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeCheckTest {

    private static HandshakeCheck check(boolean insecure, String... origins) {
        AccessOptions options = Rules.options(
                insecure,
                insecure ? null : CommandsFixture.SECRET,
                AllowedClients.CLIENTS,
                AllowedClients.CLIENTS,
                List.of(origins));
        return new HandshakeCheck(new AccessPolicy(options), options);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 127.0.0.1, true",
        "localhost:9080, 127.0.0.1, true",
        "127.0.0.1:9080, 127.0.0.1, true",
        "[::1], ::1, true",
        "[::1]:9080, 0:0:0:0:0:0:0:1, true",
        "::1, ::1, false",
        "evil.example, 127.0.0.1, false",
        "localhost.evil.example, 127.0.0.1, false",
        "evil.example:localhost, 127.0.0.1, false",
        "localhost:9080, 192.168.1.7, false",
        ", 127.0.0.1, false",
        "localhost, , false"
    })
    void in_insecure_mode_only_loopback_under_its_own_name_is_accepted(String host, String address, boolean let) {
        assertThat(check(true).mayOpen(null, host, address)).isEqualTo(let);
    }

    @Test
    void in_insecure_mode_the_log_has_once_that_others_reach_the_server() {
        try (Logged log = new Logged(HandshakeCheck.class)) {
            HandshakeCheck check = check(true);
            check.mayOpen(null, "localhost", "127.0.0.1");
            check.mayOpen(null, "evil.example", "127.0.0.1");
            assertThat(log.records()).isEmpty();
            check.mayOpen(null, "localhost:9080", "192.168.1.7");
            check.mayOpen(null, "192.168.1.7:9080", "192.168.1.7");
            check(false).mayOpen(null, "push.example", "192.168.1.7");
            assertThat(log.records())
                    .singleElement()
                    .returns(Level.SEVERE, LogRecord::getLevel)
                    .returns("192.168.1.7", message -> message.getParameters()[0]);
        }
    }

    @Test
    void in_insecure_mode_a_foreign_page_is_refused_too() {
        assertThat(check(true).mayOpen("https://evil.example", "localhost:9080", "127.0.0.1"))
                .isFalse();
        assertThat(check(true).mayOpen("http://localhost:9080", "localhost:9080", "127.0.0.1"))
                .isTrue();
    }

    @Test
    void in_secure_mode_the_address_does_not_matter_and_the_origin_does() {
        assertThat(check(false).mayOpen(null, "push.example", "10.0.0.7")).isTrue();
        assertThat(check(false).mayOpen("https://push.example", "push.example", "10.0.0.7"))
                .isTrue();
        assertThat(check(false).mayOpen("https://evil.example", "push.example", "10.0.0.7"))
                .isFalse();
        assertThat(check(false, "https://shop.example").mayOpen("https://shop.example", "push.example", "10.0.0.7"))
                .isTrue();
    }
}
