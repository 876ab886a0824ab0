package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/operations.md do what it says. */
@Tag("slow")
class OperationsIT {
    private static final Path DOCUMENT = Path.of("docs/operations.md");

    @TempDir
    Path directory;

    private final List<String> done = new ArrayList<>();

    @Test
    void backup_restore_and_every_other_step_do_what_is_written() throws Exception {
        Path backups = directory.resolve("backups");
        try (LibertyServer gateway = LibertyServer.prepare(
                        "operations",
                        Map.of("holdfast.insecure", "true", "holdfast.backup.directory", backups.toString()))
                .start()) {
            gateway.api().sendNumbers("away", 1, 5);
            assertThat(gateway.api()
                            .post("/api/revoke", "{'client': 'thief', 'ttl': 3600}")
                            .status())
                    .isEqualTo(200);
            carryOut("back up", gateway, backups);
            assertThat(gateway.api().post("/api/backup?name=nightly-1", "{}").status())
                    .isEqualTo(409);
            assertThat(gateway.api().post("/api/backup?name=..%2Fx", "{}").status())
                    .isEqualTo(400);
            gateway.api().sendNumbers("away", 6, 9);
            String epoch = gateway.api()
                    .send("{'client': 'away', 'id': 'last', 'data': {'n': 10}}")
                    .path("epoch")
                    .asText();
            assertThat(generationBegunSeconds(gateway)).as("of the first").isZero();
            gateway.stop();
            long stoppedAtSeconds = Instant.now().getEpochSecond();
            carryOut("restore", gateway, backups);
            gateway.start();

            JsonNode store = Json.read(carryOut("check", gateway, backups));
            long generation = store.path("generation").asLong();
            assertThat(generation).isPositive();
            assertThat(store.path("generation_reason").asText()).contains("backup");
            assertThat(generationBegunSeconds(gateway))
                    .isEqualTo(store.path("generation_begun_at").asLong() / 1_000)
                    .isBetween(stoppedAtSeconds, Instant.now().getEpochSecond());
            gateway.awaitLog("A new generation of the store");
            assertThat(gateway.api().get("/api/revocations").body()).contains("thief");
            try (RawClient ahead = gateway.client()) {
                JsonNode sub = ahead.connect(OutboxIT.RETURN, "away", "away", epoch, 10)
                        .path("subs")
                        .path("#away");
                assertThat(sub.path("recovered").asBoolean()).isFalse();
                assertThat(ahead.publications("#away", 5)).extracting(Pub::n).containsExactly(OutboxIT.numbers(1, 5));
            }

            carryOut("before an upgrade", gateway, backups);
            gateway.stop();
            gateway.start();
            assertThat(generation(gateway, backups)).as("after a restart").isEqualTo(generation);
            gateway.stop();
            carryOut("say that it was restored", gateway, backups);
            gateway.start();
            long said = generation(gateway, backups);
            assertThat(said).isNotEqualTo(generation);
            gateway.stop();
            carryOut("downgrade", gateway, backups);
            gateway.start();
            assertThat(generation(gateway, backups)).isNotIn(generation, said);
        }
        assertThat(Documents.steps(DOCUMENT).keySet())
                .as("steps that the document has and this test does not take")
                .isSubsetOf(done);
    }

    private long generation(LibertyServer gateway, Path backups) throws Exception {
        return Json.read(carryOut("check", gateway, backups)).path("generation").asLong();
    }

    /** As Prometheus reads it. */
    private static long generationBegunSeconds(LibertyServer gateway) {
        String metrics = new Api(gateway.health(), null).get("/metrics").body();
        Matcher line = Pattern.compile("(?m)^holdfast_store_generation_begun_seconds\\{[^}]*} (\\S+)")
                .matcher(metrics);
        assertThat(line.find()).as(metrics).isTrue();
        return (long) Double.parseDouble(line.group(1));
    }

    /** Runs the commands below that heading comment. */
    private String carryOut(String step, LibertyServer gateway, Path backups) throws Exception {
        done.add(step);
        String commands = Documents.steps(DOCUMENT).get(step);
        assertThat(commands).as(step).isNotNull();
        String java = System.getProperty("java.home") + "/bin/java";
        String holdfast = "holdfast() { '" + java + "' -jar '"
                + Path.of("target/holdfast-cli.jar").toAbsolutePath() + "' \"$@\"; }\n";
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", holdfast + commands);
        builder.environment()
                .putAll(Map.of(
                        "DATA", gateway.dataDirectory().toString(),
                        "BACKUPS", backups.toString(),
                        "HOLDFAST_URL", gateway.http().toString(),
                        "HOLDFAST_API_KEY", LibertyServer.API_KEY));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(step).isZero();
        return printed;
    }
}
