package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.BackupRefusedException;
import io.holdfast.stream.EmbeddedEngine;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.StoreFullException;
import io.holdfast.stream.StoreGeneration;
import io.holdfast.stream.StoreSpace;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupApiTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_790_000_000_123L);

    private final List<Path> written = new ArrayList<>();
    private boolean embedded = true;
    private @Nullable RuntimeException failure;

    private final EmbeddedEngine engine = (EmbeddedEngine) Proxy.newProxyInstance(
            EmbeddedEngine.class.getClassLoader(),
            new Class<?>[] {EmbeddedEngine.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "embedded" -> Optional.ofNullable(embedded ? proxy : null);
                case "backup" -> backup((Path) arguments[0]);
                case "life" -> new StoreGeneration(7, 1000, "a copy");
                case "space" -> new StoreSpace(42, 100, OptionalLong.of(58));
                default -> throw new AssertionError(method);
            });

    private long backup(Path target) {
        if (failure != null) {
            throw failure;
        }
        written.add(target);
        return 99;
    }

    private Answer answer(Executor executor, String name) {
        BackupApi api = new BackupApi(engine, Path.of("backups"), executor, () -> NOW);
        return api.backup(new Parameters(Map.of("name", new String[] {name})))
                .toCompletableFuture()
                .join();
    }

    @Test
    void a_backup_is_written_below_the_configured_directory_and_reported() {
        assertThat(answer(Runnable::run, "nightly-1"))
                .hasToString("200 {\"name\":\"nightly-1\",\"directory\":\"backups/nightly-1\",\"bytes\":99}");
        assertThat(written).containsExactly(Path.of("backups/nightly-1"));
    }

    @Test
    void without_a_name_it_is_the_time() {
        assertThat(answer(Runnable::run, "").status()).isEqualTo(200);
        assertThat(written).containsExactly(Path.of("backups/20260921T141320123Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/b", "/tmp/x", "a\\b", ".hidden", "a.unfinished", "-rf", "a b", "ä", "a\u0000"})
    void a_name_that_is_not_one_directory_below_it_is_refused(String name) {
        assertThat(answer(Runnable::run, name).status()).isEqualTo(400);
        assertThat(answer(Runnable::run, "x".repeat(101)).status()).isEqualTo(400);
        assertThat(written).isEmpty();
    }

    @Test
    void what_was_not_written_is_never_answered_with_200() {
        failure = new BackupRefusedException("There is one");
        assertThat(answer(Runnable::run, "a"))
                .hasToString("409 {\"error\":{\"code\":\"conflict\",\"message\":\"There is one\"}}");
        failure = new StoreFullException("/secret/path is full", null);
        assertThat(answer(Runnable::run, "a").toString()).startsWith("503").doesNotContain("secret");
        failure = new EngineException(EngineException.Reason.IO, "/secret/path", null);
        assertThat(answer(Runnable::run, "a").toString()).startsWith("503").doesNotContain("secret");
        Executor full = task -> {
            throw new RejectedExecutionException();
        };
        assertThat(answer(full, "a").status()).isEqualTo(503);
    }

    @Test
    void the_store_tells_its_life() {
        assertThat(new BackupApi(engine, Path.of("backups"), Runnable::run, () -> NOW).store())
                .hasToString("200 {\"bytes\":42,\"generation\":7,\"generation_begun_at\":1000,"
                        + "\"generation_reason\":\"a copy\"}");
    }

    @Test
    void a_store_on_a_database_server_is_not_backed_up_here() {
        embedded = false;

        assertThat(answer(Runnable::run, "a").toString()).startsWith("409").contains("docs/postgresql.md");
        assertThat(written).isEmpty();
        assertThat(new BackupApi(engine, Path.of("backups"), Runnable::run, () -> NOW).store())
                .hasToString("200 {\"bytes\":42}");
    }
}
