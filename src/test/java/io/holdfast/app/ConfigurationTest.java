package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.ApiKeys;
import io.holdfast.access.Role;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.operate.HealthSettings;
import io.holdfast.stream.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static Configuration read(Map<String, String> values) {
        return Configuration.read(new MapConfig(values), Path.of("/out"), Path.of("/tmp"));
    }

    @Test
    void the_defaults_are_those_of_the_design() {
        Configuration defaults = read(Map.of());

        assertThat(defaults.delivery()).isEqualTo(DeliverySettings.defaults());
        assertThat(defaults.retention()).isEqualTo(new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST));
        assertThat(defaults.timeToLive()).isEqualTo(Duration.ofSeconds(300));
        assertThat(defaults.deduplication().window()).isEqualTo(Duration.ofSeconds(300));
        assertThat(defaults.commands().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.commands().maxFrameBytes()).isEqualTo(65_536);
        assertThat(defaults.commands().maxChannels()).isEqualTo(128);
        assertThat(defaults.store().directory()).isEqualTo(Path.of("/out/holdfast-data"));
        assertThat(defaults.health()).isEqualTo(HealthSettings.defaults());
        assertThat(defaults.access().insecure()).isFalse();
        assertThat(defaults.access().apiKeys()).isEmpty();
        assertThat(defaults.access().clientsMayPublish()).isFalse();
        assertThat(defaults.access().clientsMaySubscribe()).isFalse();
    }

    @Test
    void insecure_mode_opens_everything_and_only_it_knows_the_key_dev() {
        AccessOptions insecure = read(Map.of("holdfast.insecure", "true")).access();
        assertThat(new ApiKeys(insecure.apiKeys()).roles("dev")).containsExactly(Role.ADMIN);
        assertThat(insecure.clientsMayPublish()).isTrue();
        String mine = ApiKeys.entry(Role.PUBLISHER, "mine");
        assertThat(read(Map.of("holdfast.insecure", "true", "holdfast.api.keys", mine))
                        .access()
                        .apiKeys())
                .containsExactly(mine);
    }

    @Test
    void a_plain_api_key_stops_the_start_and_is_not_shown() {
        String mixed = ApiKeys.entry(Role.READER, "good") + ", a-key-in-the-clear";
        assertThatThrownBy(() -> read(Map.of("holdfast.api.keys", mixed)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.api.keys")
                .hasMessageContaining("entry 2")
                .hasMessageContaining("openssl")
                .hasMessageNotContaining("in-the-clear");
    }

    @ParameterizedTest
    @CsvSource({
        "holdfast.pending.max-messages, 0",
        "holdfast.pending.max-bytes, 10",
        "holdfast.pending.overflow, newest",
        "holdfast.pending.ttl, -1",
        "holdfast.dedup.window, 0",
        "holdfast.insecure, maybe",
        "holdfast.connect.timeout, 0",
        "holdfast.token.expiry-grace, 2h",
        "holdfast.send-buffer.bytes, 1000",
        "holdfast.ping.interval, 0.5",
        "holdfast.pong.timeout, 0",
        "holdfast.send.timeout, 0",
        "holdfast.publication.max-bytes, 65536",
        "holdfast.queue.max-messages, 0",
        "holdfast.recovery.readers, 65",
        "holdfast.client.max-devices, 0",
        "holdfast.origins, shop.example",
        "holdfast.store.sync, often",
        "holdfast.store.max-bytes, 1",
        "holdfast.state.retention, 0",
        "health.port, 65536",
        "holdfast.health.commit-limit, 0",
        "holdfast.health.executor-limit, 1d",
        "holdfast.health.zone, Melbourne",
        "holdfast.health.zone, +10:00",
        "holdfast.metrics.enabled, some"
    })
    void a_bad_value_stops_the_start_and_is_named(String key, String value) {
        assertThatThrownBy(() -> read(Map.of(key, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("'" + value + "'")
                .hasMessageContaining("allowed is ");
    }

    @Test
    void a_secret_that_is_too_short_is_named_and_not_shown() {
        assertThatThrownBy(() -> read(Map.of("holdfast.token.hmac-secret", "hunter2")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.token.hmac-secret")
                .hasMessageContaining("at least 32 bytes")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void values_reach_their_records() {
        Configuration read = read(Map.of(
                "holdfast.data.directory", "/data",
                "holdfast.pending.overflow", "reject",
                "holdfast.confirm.interval", "0.1",
                "holdfast.node.name", "n7",
                "holdfast.origins", "https://a.example, https://b.example",
                "holdfast.health.zone", "Europe/Vienna",
                "holdfast.health.origins", "https://watch.example",
                "holdfast.health.commit-limit", "2",
                "holdfast.metrics.enabled", "off"));

        assertThat(read.store().directory()).isEqualTo(Path.of("/data"));
        assertThat(read.retention().overflow()).isEqualTo(Retention.Overflow.REJECT);
        assertThat(read.delivery().confirmInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(read.commands().node()).isEqualTo("n7");
        assertThat(read.health().zone()).isEqualTo(ZoneId.of("Europe/Vienna"));
        assertThat(read.health().origins()).containsExactly("https://watch.example");
        assertThat(read.health().commitLimit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read.health().metrics()).isFalse();
        assertThat(read.access().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
    }
}
