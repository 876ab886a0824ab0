package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.ApiKeys;
import io.holdfast.access.Role;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessGapsTest {
    private static final String KEY = ApiKeys.entry(Role.PUBLISHER, "a");

    private static List<String> find(Map<String, String> values) {
        return find(values, false, false);
    }

    private static List<String> find(Map<String, String> values, boolean connectHandler, boolean otherPublishers) {
        return AccessGaps.find(
                Configuration.read(new MapConfig(values), Path.of("/out"), Path.of("/tmp"))
                        .access(),
                connectHandler,
                otherPublishers);
    }

    @Test
    void without_any_configuration_nobody_can_connect_or_publish() {
        assertThat(find(Map.of()))
                .satisfiesExactly(
                        connect -> assertThat(connect)
                                .startsWith("Nobody can connect")
                                .contains("holdfast.token.hmac-secret"),
                        publish -> assertThat(publish)
                                .startsWith("Nobody can publish")
                                .contains("holdfast.api.keys"));
    }

    @ParameterizedTest
    @CsvSource({
        "holdfast.token.hmac-secret, 01234567890123456789012345678901",
        "holdfast.token.jwks-url, https://login.example/jwks",
        "holdfast.anonymous, everybody",
        "holdfast.identity, container",
        "holdfast.identity, both",
        "holdfast.insecure, true"
    })
    void whatever_lets_a_client_in_fills_one_gap(String key, String value) {
        Map<String, String> values = new HashMap<>(Map.of("holdfast.api.keys", KEY));
        assertThat(find(values)).hasSize(1);
        assertThat(find(values, true, false)).as("a handler decides").isEmpty();
        values.put(key, value);
        assertThat(find(values)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "holdfast.api.keys, publisher:sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
        "holdfast.channels.publish, subscribers",
        "holdfast.namespace.chat.publish, clients",
        "holdfast.identity, both",
        "holdfast.insecure, true"
    })
    void whatever_lets_somebody_publish_fills_the_other(String key, String value) {
        Map<String, String> values =
                new HashMap<>(Map.of("holdfast.anonymous", "everybody", "holdfast.namespaces", "chat"));
        assertThat(find(values)).hasSize(1);
        assertThat(find(values, false, true)).as("the application publishes").isEmpty();
        values.put(key, value);
        assertThat(find(values)).isEmpty();
    }

    @Test
    void the_warning_is_framed_and_says_what_to_do() {
        assertThat(AccessGaps.warning(List.of("Nobody can connect", "Nobody can publish"))
                        .split("\n"))
                .hasSize(7)
                .endsWith("!".repeat(100))
                .contains("!  Nobody can connect", "!  Nobody can publish")
                .anyMatch(line -> line.contains("holdfast.insecure=true"))
                .anyMatch(line -> line.contains("holdfast.access.check=false"));
    }
}
