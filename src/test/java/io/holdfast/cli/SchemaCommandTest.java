package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemaCommandTest {
    private static final Path SCRIPTS = Path.of("src/main/resources/io/holdfast/stream/postgresql");

    /** In the order of the versions. */
    private static String scripts() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            List<String> texts = files.sorted((a, b) -> Integer.compare(version(a), version(b)))
                    .map(SchemaCommandTest::text)
                    .toList();
            return String.join("\n", texts);
        }
    }

    private static int version(Path script) {
        return Integer.parseInt(script.getFileName().toString().replaceFirst("^V(\\d+)__.*\\.sql$", "$1"));
    }

    private static String text(Path script) {
        try {
            return Files.readString(script);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void the_sql_of_all_versions_is_printed_as_it_is() throws IOException {
        CliRun run = CliRun.run("schema");

        assertThat(run.exit()).isZero();
        assertThat(run.out()).isEqualTo(scripts());
    }

    @Test
    void as_json_it_is_one_line() throws IOException {
        CliRun run = CliRun.run("schema", "--json");

        assertThat(run.json().path("sql").asText()).isEqualTo(scripts());
        assertThat(run.out().strip()).doesNotContain("\n");
    }
}
