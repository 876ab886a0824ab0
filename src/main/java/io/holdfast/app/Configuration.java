package io.holdfast.app;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.Anonymous;
import io.holdfast.access.ApiKeys;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Origins;
import io.holdfast.access.Role;
import io.holdfast.access.TokenOptions;
import io.holdfast.cleanup.CleanupSettings;
import io.holdfast.commands.CommandSettings;
import io.holdfast.commands.HandlerSettings;
import io.holdfast.commands.ServerTags;
import io.holdfast.delivery.AdmissionSettings;
import io.holdfast.delivery.BreakerSettings;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.PoisonSettings;
import io.holdfast.handlers.backend.BackendSettings;
import io.holdfast.handlers.calls.CallSettings;
import io.holdfast.http.BackupSettings;
import io.holdfast.operate.HealthSettings;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.rocksdb.RocksDbOptions;
import io.holdfast.transactions.TransactionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/** Everything that can be configured, read once from MicroProfile Config under {@code holdfast.*}. */
record Configuration(
        StartSettings start,
        StopSettings stop,
        AccessOptions access,
        CommandSettings commands,
        DeliverySettings delivery,
        EngineSettings engine,
        ClusterSettings cluster,
        RocksDbOptions store,
        BackupSettings backup,
        HealthSettings health,
        CleanupSettings cleanup,
        TransactionSettings transactions,
        HandlerSettings handlers,
        CallSettings calls,
        BackendSettings backends) {

    static final String VERSION = "0.1.0";
    private static final String DEVELOPMENT_KEY = "dev";
    private static final int MAX_FRAME_BYTES = 64 << 10;
    private static final int MAX_FRAME_COMMANDS = 1_000;
    private static final int COMMANDS_PER_SECOND = 2_000;
    private static final int MAX_CHANNELS = 128;

    /** @throws ConfigurationException naming every value that is not allowed, its key and what is allowed */
    static Configuration read(Config config, Path outputDirectory, Path temporaryDirectory) {
        Keys keys = new Keys(config);
        Configuration read = read(keys, outputDirectory, temporaryDirectory);
        keys.end();
        return read;
    }

    /** Has the default where a value is not allowed: {@link Keys#end} says whether there are such values. */
    static Configuration read(Keys keys, Path outputDirectory, Path temporaryDirectory) {
        boolean insecure = keys.flag("holdfast.insecure", false);
        DeliverySettings delivery = delivery(keys);
        RocksDbOptions store = store(keys, outputDirectory, temporaryDirectory);
        AccessOptions access = access(keys, insecure);
        EngineSettings engine = new EngineKeys(keys).read();
        HandlerSettings handlers = new HandlerKeys(keys).seen(HandlerSettings.defaults());
        return new Configuration(
                StartSettings.read(keys),
                StopSettings.read(keys),
                access,
                commands(keys, delivery, insecure),
                delivery,
                engine,
                new ClusterKeys(keys).read(),
                store,
                backup(keys, store.directory(), outputDirectory),
                health(keys, HealthSettings.defaults(), engine.kind()),
                new CleanupKeys(keys).read(CleanupSettings.defaults()),
                new TransactionSettings(keys.text(TransactionSettings.KEY, "")),
                handlers,
                new HandlerKeys(keys).calls(CallSettings.defaults()),
                new BackendKeys(keys).read(access.namespaces(), handlers.headers()));
    }

    private static AccessOptions access(Keys keys, boolean insecure) {
        List<String> apiKeys = apiKeys(keys);
        TokenKeys tokens = new TokenKeys(keys);
        TokenOptions connectTokens = tokens.connect();
        IdentitySource identity = keys.choice("holdfast.identity", IdentitySource.TOKEN);
        return new AccessOptions(
                insecure,
                identity,
                keys.choice("holdfast.anonymous", Anonymous.TOKEN),
                connectTokens,
                tokens.subscription(connectTokens),
                new NamespaceKeys(keys, insecure).read(),
                insecure && apiKeys.isEmpty() ? List.of(ApiKeys.entry(Role.ADMIN, DEVELOPMENT_KEY)) : apiKeys,
                keys.flag("holdfast.api.key-in-query", false),
                origins(keys, identity));
    }

    private static List<String> origins(Keys keys, IdentitySource identity) {
        String key = "holdfast.origins";
        List<String> origins = keys.list(key);
        if (!Origins.areOrigins(origins)) {
            keys.refuse(
                    key,
                    String.join(",", origins),
                    "* or origins like https://shop.example:8443, https://*.shop.example, capacitor://localhost or null, separated by"
                            + " commas");
            return List.of();
        }
        if (identity == IdentitySource.CONTAINER && origins.contains("*")) {
            keys.refuse(
                    key,
                    "*",
                    "the origins of your own pages where holdfast.identity is container: a browser sends its login for"
                            + " any page");
        }
        return origins;
    }

    private static List<String> apiKeys(Keys keys) {
        List<String> entries = keys.list("holdfast.api.keys");
        try {
            new ApiKeys(entries);
        } catch (IllegalArgumentException e) {
            keys.refuse("holdfast.api.keys", "(hidden)", ApiKeys.SHAPE + "; " + e.getMessage());
            return List.of();
        }
        return entries;
    }

    private static CommandSettings commands(Keys keys, DeliverySettings delivery, boolean insecure) {
        return new CommandSettings(
                VERSION,
                keys.text("holdfast.node.name", "holdfast"),
                delivery.pingInterval(),
                keys.duration(
                        "holdfast.connect.timeout",
                        Duration.ofSeconds(10),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(5)),
                keys.duration(
                        "holdfast.token.expiry-grace", Duration.ofSeconds(25), Duration.ZERO, Duration.ofHours(1)),
                MAX_FRAME_BYTES,
                keys.integer("holdfast.limits.commands-per-frame", MAX_FRAME_COMMANDS, 1, 100_000),
                keys.integer("holdfast.limits.commands-per-second", insecure ? 0 : COMMANDS_PER_SECOND, 0, 10_000_000),
                keys.integer("holdfast.connection.max-channels", MAX_CHANNELS, 1, 100_000),
                keys.choice("holdfast.tags", ServerTags.ASKED));
    }

    private static DeliverySettings delivery(Keys keys) {
        DeliverySettings defaults = DeliverySettings.defaults();
        return new DeliverySettings(
                keys.integer("holdfast.send-buffer.bytes", defaults.sendBufferBytes(), 128 << 10, 1 << 30),
                defaults.frameBytes(),
                keys.integer("holdfast.writer.credit-bytes", defaults.creditBytes(), 0, 16 << 20),
                keys.integer("holdfast.writer.ping-after-bytes", defaults.pingAfterBytes(), 1 << 10, 16 << 20),
                keys.duration(
                        "holdfast.ping.interval", defaults.pingInterval(), Duration.ofSeconds(1), Duration.ofHours(1)),
                keys.duration(
                        "holdfast.pong.timeout",
                        defaults.pongTimeout(),
                        Duration.ofMillis(500),
                        Duration.ofMinutes(10)),
                keys.duration(
                        "holdfast.confirm.interval",
                        defaults.confirmInterval(),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(10)),
                keys.duration(
                        "holdfast.send.timeout",
                        defaults.sendTimeout(),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)),
                keys.integer("holdfast.publication.max-bytes", defaults.maxPublicationBytes(), 1 << 10, 60 << 10),
                keys.integer("holdfast.queue.max-messages", defaults.queueMessages(), 1, 10_000_000),
                keys.number("holdfast.queue.max-bytes", defaults.queueBytes(), 1 << 20, 1L << 40),
                keys.duration(
                        "holdfast.receipt.timeout",
                        defaults.receiptTimeout(),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)),
                defaults.batchMessages(),
                defaults.batchBytes(),
                keys.integer("holdfast.recovery.readers", defaults.readers(), 1, 64),
                keys.integer("holdfast.client.max-devices", defaults.devicesPerClient(), 1, 1_000),
                keys.duration("holdfast.drain.timeout", defaults.drainTimeout(), Duration.ZERO, Duration.ofMinutes(10)),
                admission(keys, defaults.admission()),
                breaker(keys, defaults.breaker()),
                poison(keys, defaults.poison()));
    }

    private static OutboxRetention outboxes(Keys keys) {
        OutboxRetention defaults = OutboxRetention.DEFAULT;
        return new OutboxRetention(
                keys.duration("holdfast.recovery.window", defaults.recoveryWindow(), Duration.ZERO, Duration.ofDays(7)),
                keys.duration(
                        "holdfast.device.retention",
                        defaults.deviceRetention(),
                        Duration.ofSeconds(1),
                        OutsideTime.LONGEST),
                keys.choice("holdfast.outbox.deliver-to", defaults.deliverTo()));
    }

    private static AdmissionSettings admission(Keys keys, AdmissionSettings defaults) {
        return new AdmissionSettings(
                keys.integer("holdfast.limits.connections", defaults.connections(), 0, 10_000_000),
                keys.integer("holdfast.limits.connections-per-address", defaults.perAddress(), 0, 10_000_000),
                keys.integer("holdfast.limits.connections-per-client", defaults.perClient(), 0, 1_000_000),
                keys.integer("holdfast.limits.connects-per-second", defaults.acceptsPerSecond(), 0, 1_000_000),
                keys.integer("holdfast.limits.channels", defaults.storedChannels(), 0, 1_000_000_000),
                keys.integer(
                        "holdfast.limits.heap-percent-for-connections", defaults.heapPercentForConnections(), 10, 100),
                keys.integer(
                        "holdfast.limits.heap-percent-for-publishes", defaults.heapPercentForPublishes(), 10, 100));
    }

    private static BreakerSettings breaker(Keys keys, BreakerSettings defaults) {
        return new BreakerSettings(
                keys.integer("holdfast.breaker.failures", defaults.failures(), 1, 1_000),
                keys.integer("holdfast.breaker.successes", defaults.successes(), 1, 1_000),
                keys.duration(
                        "holdfast.breaker.open-time", defaults.openTime(), Duration.ofMillis(100), Duration.ofHours(1)),
                keys.duration(
                        "holdfast.breaker.max-open-time",
                        defaults.maxOpenTime(),
                        Duration.ofMillis(100),
                        Duration.ofDays(1)),
                keys.integer("holdfast.breaker.trials", defaults.trials(), 1, 1_000));
    }

    private static PoisonSettings poison(Keys keys, PoisonSettings defaults) {
        return new PoisonSettings(
                keys.integer("holdfast.poison.attempts", defaults.attempts(), 0, 1_000),
                keys.duration("holdfast.poison.backoff", defaults.backoff(), Duration.ZERO, Duration.ofHours(1)),
                keys.duration("holdfast.poison.max-backoff", defaults.maxBackoff(), Duration.ZERO, Duration.ofDays(1)),
                keys.duration(
                        "holdfast.dead-letters.keep", defaults.keep(), Duration.ofMinutes(1), Duration.ofDays(365)));
    }

    private static HealthSettings health(Keys keys, HealthSettings defaults, EngineSettings.Kind engine) {
        List<String> origins = keys.list("holdfast.health.origins");
        Duration grace = keys.duration(
                "holdfast.health.engine-grace", Duration.ofSeconds(10), Duration.ZERO, Duration.ofMinutes(10));
        return new HealthSettings(
                keys.integer("health.port", defaults.port(), -1, 65_535),
                keys.duration(
                        "holdfast.health.commit-limit",
                        defaults.commitLimit(),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(10)),
                keys.duration(
                        "holdfast.health.executor-limit",
                        defaults.executorLimit(),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(10)),
                engine == EngineSettings.Kind.ROCKSDB ? defaults.engineGrace() : grace,
                keys.zone("holdfast.health.zone", defaults.zone()),
                origins.isEmpty() ? defaults.origins() : origins,
                keys.flag("holdfast.metrics.enabled", defaults.metrics()));
    }

    private static RocksDbOptions store(Keys keys, Path outputDirectory, Path temporaryDirectory) {
        return new RocksDbOptions(
                keys.path("holdfast.data.directory", outputDirectory.resolve("holdfast-data")),
                keys.flag("holdfast.store.sync", true),
                true,
                keys.number("holdfast.store.max-bytes", 50L << 30, 16 << 20, 1L << 50),
                keys.number("holdfast.store.min-free-bytes", 1L << 30, 16 << 20, 1L << 50),
                keys.duration(
                        "holdfast.state.retention", Duration.ofDays(1), Duration.ofSeconds(1), Duration.ofDays(365)),
                keys.duration(
                        "holdfast.stream.empty-retention",
                        Duration.ofDays(30),
                        Duration.ofMinutes(1),
                        OutsideTime.LONGEST),
                outboxes(keys),
                keys.flag("holdfast.store.detect-copies", true),
                keys.path("holdfast.store.mark.directory", outputDirectory.resolve("holdfast-marks")),
                temporaryDirectory.resolve("holdfast-native"));
    }

    private static BackupSettings backup(Keys keys, Path data, Path outputDirectory) {
        String key = "holdfast.backup.directory";
        Path directory = keys.path(key, outputDirectory.resolve("holdfast-backups"));
        if (directory
                .toAbsolutePath()
                .normalize()
                .startsWith(data.toAbsolutePath().normalize())) {
            keys.refuse(key, directory.toString(), "a directory outside of " + data);
        }
        return new BackupSettings(directory);
    }
}
