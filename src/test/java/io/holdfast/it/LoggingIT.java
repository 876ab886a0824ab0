package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A server as the manifests for Kubernetes run it: its console is lines of JSON with the fields of docs/logging.md, and it writes only to
 * the directories that have a volume there.
 */
class LoggingIT {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z]\\w+)` \\|");
    private static final Path INSTALLATION = Path.of("target/liberty/wlp").toAbsolutePath();
    private static final Path HOME = Path.of("target/it/logging").toAbsolutePath();
    private static final Path VOLUMES = Path.of("target/it/logging-volumes").toAbsolutePath();

    private static Map<Path, String> before;
    private static LibertyServer gateway;

    @BeforeAll
    static void start() throws IOException {
        LibertyServer.delete(VOLUMES);
        for (String volume : List.of("output", "logs", "tmp", "data")) {
            Files.createDirectories(VOLUMES.resolve(volume));
        }
        gateway = LibertyServer.prepare(
                        "logging",
                        Map.of(
                                "holdfast.insecure",
                                "true",
                                "holdfast.data.directory",
                                VOLUMES.resolve("data").toString()))
                .environment(Map.of(
                        "WLP_LOGGING_CONSOLE_FORMAT",
                        "JSON",
                        "WLP_LOGGING_CONSOLE_LOGLEVEL",
                        "INFO",
                        "WLP_OUTPUT_DIR",
                        VOLUMES.resolve("output").toString(),
                        "LOG_DIR",
                        VOLUMES.resolve("logs").toString(),
                        "JVM_ARGS",
                        "-Djava.io.tmpdir=" + VOLUMES.resolve("tmp")));
        before = files();
        gateway.start();
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    /** What lies where the container's file system is read-only, with its time and size. */
    private static Map<Path, String> files() throws IOException {
        Map<Path, String> files = new TreeMap<>();
        for (Path top : List.of(INSTALLATION, HOME)) {
            try (Stream<Path> all = Files.walk(top)) {
                for (Path file : (Iterable<Path>) all::iterator) {
                    if (!file.equals(gateway.console())) {
                        files.put(file, Files.getLastModifiedTime(file) + " " + Files.size(file));
                    }
                }
            }
        }
        files.remove(HOME); // its time changes with the console
        return files;
    }

    /** The records of the console. From the first one on, only the JVM writes something else. */
    private static List<JsonNode> records() {
        List<JsonNode> records = new ArrayList<>();
        for (String line : gateway.log().lines().toList()) {
            if (line.startsWith("{")) {
                records.add(Json.read(line));
            } else if (!records.isEmpty()) {
                assertThat(line).startsWith("OpenJDK");
            }
        }
        return records;
    }

    private static JsonNode record(String message) {
        return records().stream()
                .filter(record -> record.path("message").asText().startsWith(message))
                .findFirst()
                .orElseThrow(() -> new AssertionError(message + " is not in\n" + gateway.log()));
    }

    @Test
    void each_line_of_the_console_is_a_record_with_the_documented_fields() throws IOException {
        TreeSet<String> fields = new TreeSet<>();
        assertThat(records()).hasSizeGreaterThan(20).allSatisfy(record -> {
            assertThat(record.path("type").asText()).isEqualTo("liberty_message");
            assertThat(record.path("message").asText()).isNotEmpty();
            record.fieldNames().forEachRemaining(fields::add);
        });
        assertThat(fields)
                .containsExactlyInAnyOrderElementsOf(ROW.matcher(Files.readString(Path.of("docs/logging.md")))
                        .results()
                        .map(row -> row.group(1))
                        .toList());
        JsonNode ours = record("INSECURE MODE");
        assertThat(ours.path("loglevel").asText()).isEqualTo("WARNING");
        assertThat(ours.path("module").asText()).isEqualTo("io.holdfast.app.GatewayStart");
        OffsetDateTime time = OffsetDateTime.parse(ours.path("ibm_datetime").asText(), TIME);
        assertThat(Duration.between(time, OffsetDateTime.now())).isBetween(Duration.ZERO, Duration.ofMinutes(10));
    }

    @Test
    void what_is_told_as_info_is_on_the_console() {
        assertThat(gateway.api().post("/api/backup?name=logged", "{}").status()).isEqualTo(200);
        gateway.awaitLog("A backup of ");
        assertThat(record("A backup of ").path("loglevel").asText()).isEqualTo("INFO");
    }

    @Test
    void the_server_writes_only_where_the_pod_has_a_volume() throws IOException {
        gateway.api().sendNumbers("u1", 1, 3);
        Map<Path, String> changed = new TreeMap<>(files());
        before.forEach((file, was) -> changed.remove(file, was));
        assertThat(changed).isEmpty();
        for (String volume : List.of("output", "logs", "tmp", "data")) {
            try (Stream<Path> written = Files.list(VOLUMES.resolve(volume))) {
                assertThat(written).as(volume).isNotEmpty();
            }
        }
    }
}
