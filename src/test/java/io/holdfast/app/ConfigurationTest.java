package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.ApiKeys;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Namespace;
import io.holdfast.access.Namespaces;
import io.holdfast.access.Role;
import io.holdfast.app.EngineSettings.Kind;
import io.holdfast.commands.ServerTags;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.operate.HealthSettings;
import io.holdfast.stream.Retention;
import io.holdfast.stream.postgresql.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
        assertThat(defaults.access().namespaces().storing("#u1").retention())
                .isEqualTo(new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST));
        assertThat(defaults.access().namespaces().storing("#u1").timeToLive()).isEqualTo(Duration.ofDays(7));
        assertThat(defaults.access().namespaces().storing("#u1").deduplication().window())
                .isEqualTo(Duration.ofSeconds(300));
        assertThat(defaults.commands().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(defaults.commands().maxFrameBytes()).isEqualTo(65_536);
        assertThat(defaults.commands().maxChannels()).isEqualTo(128);
        assertThat(defaults.commands().serverTags()).isEqualTo(ServerTags.ASKED);
        assertThat(read(Map.of("holdfast.tags", "always")).commands().serverTags())
                .isEqualTo(ServerTags.ALWAYS);
        assertThat(defaults.store().directory()).isEqualTo(Path.of("/out/holdfast-data"));
        assertThat(defaults.health()).isEqualTo(HealthSettings.defaults());
        assertThat(defaults.access().insecure()).isFalse();
        assertThat(defaults.access().apiKeys()).isEmpty();
        assertThat(defaults.access().identity()).isEqualTo(IdentitySource.TOKEN);
        assertThat(defaults.access().connectTokens().hasKeys()).isFalse();
        Namespace channels = defaults.access().namespaces().storing("news");
        assertThat(channels.subscribe()).isEqualTo(AllowedClients.SUBSCRIBERS);
        assertThat(List.of(channels.publish(), channels.presence(), channels.history()))
                .containsOnly(AllowedClients.NOBODY);
        assertThat(channels.joinLeave()).isFalse();
        assertThat(channels.recovery()).isTrue();
        assertThat(channels.publishesPerSecond()).isZero();
    }

    @Test
    void the_engine_is_rocksdb_unless_another_is_chosen() {
        assertThat(read(Map.of()).engine())
                .isEqualTo(new EngineSettings(
                        Kind.ROCKSDB, Durability.LOCAL, "jdbc/holdfast", null, null, null, 8, Duration.ofSeconds(10)));
        assertThat(read(Map.of("holdfast.engine", "postgresql", "holdfast.engine.durability", "replicated"))
                        .engine())
                .isEqualTo(new EngineSettings(
                        Kind.POSTGRESQL,
                        Durability.REPLICATED,
                        "jdbc/holdfast",
                        null,
                        null,
                        null,
                        8,
                        Duration.ofSeconds(10)));
    }

    @Test
    void the_database_password_is_read_from_a_file_and_never_shown(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "s3cret\n");

        EngineSettings settings =
                read(Map.of("holdfast.engine.password", "file:" + file)).engine();

        assertThat(settings.password()).isEqualTo("s3cret");
        assertThat(settings.toString()).doesNotContain("s3cret");
        assertThat(read(Map.of("holdfast.engine.password", "plain")).engine().password())
                .isEqualTo("plain");
        assertThatThrownBy(() -> read(Map.of("holdfast.engine.password", "file:" + directory.resolve("absent"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("absent");
        assertThatThrownBy(() ->
                        read(Map.of("holdfast.engine.url", "jdbc:postgresql://db.example/x?user=a&password=s3cret")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void insecure_mode_opens_everything_and_only_it_knows_the_key_dev() {
        AccessOptions insecure = read(Map.of("holdfast.insecure", "true")).access();
        assertThat(new ApiKeys(insecure.apiKeys()).find("dev").roles()).containsExactly(Role.ADMIN);
        String mine = ApiKeys.entry(Role.PUBLISHER, "mine");
        assertThat(read(Map.of("holdfast.insecure", "true", "holdfast.api.keys", mine))
                        .access()
                        .apiKeys())
                .containsExactly(mine);
        Namespace anywhere =
                read(Map.of("holdfast.insecure", "true")).access().namespaces().storing("what:ever");
        assertThat(List.of(anywhere.subscribe(), anywhere.publish(), anywhere.presence(), anywhere.history()))
                .containsOnly(AllowedClients.CLIENTS);
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

    @Test
    void a_namespace_inherits_what_it_does_not_say_itself() {
        Namespaces read = read(Map.of(
                        "holdfast.namespaces", "orders, chat",
                        "holdfast.pending.max-messages", "50",
                        "holdfast.dedup.window", "60",
                        "holdfast.channels.publish", "clients",
                        "holdfast.channels.ttl", "7",
                        "holdfast.namespace.chat.publish", "subscribers",
                        "holdfast.namespace.chat.max-messages", "5",
                        "holdfast.namespace.chat.publishes-per-second", "2",
                        "holdfast.namespace.chat.dedup.content", "true",
                        "holdfast.namespace.chat.recovery", "false"))
                .access()
                .namespaces();
        Namespace orders = read.storing("orders:7");
        Namespace chat = read.storing("chat:room:1");

        assertThat(orders.name()).isEqualTo("orders");
        assertThat(orders.publish()).isEqualTo(AllowedClients.CLIENTS);
        assertThat(orders.retention().maxMessages()).isEqualTo(50);
        assertThat(orders.timeToLive()).isEqualTo(Duration.ofSeconds(7));
        assertThat(orders.deduplication().window()).isEqualTo(Duration.ofSeconds(60));
        assertThat(chat.name()).isEqualTo("chat");
        assertThat(chat.publish()).isEqualTo(AllowedClients.SUBSCRIBERS);
        assertThat(chat.retention().maxMessages()).isEqualTo(5);
        assertThat(chat.publishesPerSecond()).isEqualTo(2);
        assertThat(chat.deduplication().content()).isTrue();
        assertThat(chat.recovery()).isFalse();
        assertThat(read.storing("#u1").timeToLive())
                .as("outboxes have their own")
                .isEqualTo(Duration.ofDays(7));
    }

    @Test
    void subscription_tokens_use_the_keys_of_connect_tokens_unless_they_have_their_own() {
        String first = "a secret of at least thirty-two bytes";
        String second = "another secret of more than 32 bytes";
        AccessOptions same = read(Map.of("holdfast.token.hmac-secret", first, "holdfast.token.issuer", "me"))
                .access();
        AccessOptions own = read(Map.of(
                        "holdfast.token.hmac-secret",
                        first,
                        "holdfast.token.issuer",
                        "me",
                        "holdfast.subscription-token.hmac-secret",
                        second,
                        "holdfast.subscription-token.audience",
                        "channels"))
                .access();

        assertThat(same.subscriptionTokens()).isEqualTo(same.connectTokens());
        assertThat(own.connectTokens()).isEqualTo(same.connectTokens());
        assertThat(own.subscriptionTokens().secret()).isEqualTo(second);
        assertThat(own.subscriptionTokens().issuer()).isEqualTo("me");
        assertThat(own.subscriptionTokens().audience()).isEqualTo("channels");
    }

    @Test
    void public_keys_come_inline_or_from_a_file_and_are_not_shown(@TempDir Path directory) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        PublicKey key = generator.generateKeyPair().getPublic();
        String pem = "-----BEGIN PUBLIC KEY----- " + Base64.getEncoder().encodeToString(key.getEncoded())
                + " -----END PUBLIC KEY-----";
        Path file = Files.writeString(directory.resolve("key.pem"), pem);

        for (String value : List.of(pem, "file:" + file)) {
            assertThat(read(Map.of("holdfast.token.public-key", value))
                            .access()
                            .connectTokens()
                            .publicKeys())
                    .containsExactly(key);
        }
        assertThatThrownBy(() -> read(Map.of("holdfast.token.public-key", "-----BEGIN PRIVATE KEY----- abc")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.token.public-key")
                .hasMessageNotContaining("abc");
        assertThatThrownBy(() -> read(Map.of("holdfast.token.public-key", "file:" + directory.resolve("none"))))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none");
    }

    @Test
    void every_origin_beside_a_login_that_browsers_send_by_themselves_stops_the_start() {
        Map<String, String> login = Map.of("holdfast.identity", "container", "holdfast.origins", "https://a.example,*");

        assertThatThrownBy(() -> read(login))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.origins")
                .hasMessageContaining("holdfast.identity");
        assertThat(read(Map.of("holdfast.identity", "container", "holdfast.origins", "capacitor://localhost"))
                        .access()
                        .allowedOrigins())
                .containsExactly("capacitor://localhost");
    }

    @ParameterizedTest
    @CsvSource({
        "holdfast.identity, cookie",
        "holdfast.namespaces, 'orders,or:ders'",
        "holdfast.namespaces, 'orders,orders'",
        "holdfast.channels.subscribe, everybody",
        "holdfast.channels.publishes-per-second, -1",
        "holdfast.channels.dedup.id-pointer, id",
        "holdfast.token.jwks-url, http://login.example/jwks",
        "holdfast.token.jwks-url, nonsense",
        "holdfast.token.algorithms, none",
        "holdfast.token.skew, 3600",
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
    void all_mistakes_are_told_at_once_and_none_of_them_twice() {
        Map<String, String> values = new HashMap<>();
        values.put("holdfast.namespaces", "orders, or ders, chat");
        values.put("holdfast.namespace.chat.ttl", "5d");
        values.put("holdfast.channels.max-messages", "0");
        values.put("holdfast.channels.dedup.id-pointer", "id");
        values.put("holdfast.origins", "shop.example");
        values.put("holdfast.api.keys", "plain");
        values.put("holdfast.token.hmac-secret", "short");
        values.put("holdfast.token.public-key", "file:/nowhere");
        values.put("holdfast.token.jwks-url", "http://login.example");
        values.put("holdfast.token.algorithms", "none");
        values.put("holdfast.engine.url", "jdbc:h2:mem");
        values.put("holdfast.engine.password", "file:/nowhere");
        values.put("holdfast.cluster.address", "10.0.0.7");
        values.put("holdfast.data.directory", "/data");
        values.put("holdfast.backup.directory", "/data/backups");
        values.put("holdfast.backend.connect", "shop.example");
        values.put("holdfast.backend.secret", "short");
        values.put("holdfast.ping.interval", "soon");
        values.put("holdfast.health.zone", "Melbourne");

        assertThatThrownBy(() -> read(values)).isInstanceOfSatisfying(ConfigurationException.class, all -> {
            values.remove("holdfast.data.directory");
            assertThat(all.mistakes())
                    .extracting(ConfigurationException.Mistake::key)
                    .containsExactlyInAnyOrderElementsOf(values.keySet());
            assertThat(all.getMessage()).doesNotContain("plain").doesNotContain("'short'");
        });
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
        assertThat(read.access().namespaces().storing("#u1").retention().overflow())
                .isEqualTo(Retention.Overflow.REJECT);
        assertThat(read.delivery().confirmInterval()).isEqualTo(Duration.ofMillis(100));
        assertThat(read.commands().node()).isEqualTo("n7");
        assertThat(read.health().zone()).isEqualTo(ZoneId.of("Europe/Vienna"));
        assertThat(read.health().origins()).containsExactly("https://watch.example");
        assertThat(read.health().commitLimit()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read.health().metrics()).isFalse();
        assertThat(read.access().allowedOrigins()).containsExactly("https://a.example", "https://b.example");
    }
}
