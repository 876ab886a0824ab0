package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.app.Keys.Known;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/configuration.md says of every key what the code does with it. */
class ConfigurationDocTest {
    private static final Path DOCUMENT = Path.of("docs/configuration.md");
    private static final List<String> COLUMNS = List.of("key", "unit", "default", "allowed", "lower", "higher");
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final Pattern NUMBER = Pattern.compile("-?\\d+");

    /** A row of the document. */
    record Row(Known known, List<String> cells) {}

    @Test
    void every_key_that_is_read_has_a_row_and_every_row_a_key() {
        assertThat(rows().stream().map(row -> row.known().key()))
                .as("keys with a row in %s (expected: keys that Configuration reads)", DOCUMENT)
                .containsExactlyInAnyOrderElementsOf(
                        known().stream().map(Known::key).toList());
    }

    @ParameterizedTest
    @MethodSource("known")
    void the_row_has_the_default_and_the_range_of_the_code(Known known) {
        assertThat(row(known).known())
                .as("row of %s in %s", known.key(), DOCUMENT)
                .isEqualTo(known);
    }

    @ParameterizedTest
    @MethodSource("known")
    void the_row_tells_the_unit_and_what_gets_worse_in_either_direction(Known known) {
        assertThat(row(known).cells())
                .as("cells of %s in %s: %s", known.key(), DOCUMENT, COLUMNS)
                .hasSize(COLUMNS.size())
                .noneMatch(String::isBlank);
        if (known.allowed().stream().anyMatch(bound -> bound.startsWith("P"))) {
            assertThat(row(known).cells().get(1)).as("unit of %s", known.key()).isEqualTo("time");
        }
    }

    @ParameterizedTest
    @MethodSource("limited")
    void a_value_out_of_range_stops_the_start_with_key_value_and_range(Known known) {
        List<String> bad = new ArrayList<>(List.of("garbage"));
        if (isRange(known)) {
            bad.add(beyond(known.allowed().get(0), -1));
            bad.add(beyond(known.allowed().get(1), 1));
        }
        for (String value : bad) {
            assertThatThrownBy(() -> read(Map.of(known.key(), value)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(known.key())
                    .hasMessageContaining("'" + value + "'")
                    .hasMessageContainingAll(known.allowed().toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @MethodSource("limited")
    void the_ends_of_the_range_are_taken(Known known) {
        for (String value : known.allowed()) {
            read(Map.of(known.key(), value));
        }
    }

    private static Keys read(Map<String, String> values) {
        Keys keys = new Keys(new MapConfig(values));
        Configuration.read(keys, Path.of("/out"), Path.of("/tmp"));
        keys.end();
        return keys;
    }

    static List<Known> known() {
        return read(Map.of()).known();
    }

    static Stream<Known> limited() {
        return known().stream().filter(known -> !known.allowed().isEmpty());
    }

    static boolean isRange(Known known) {
        String bound = known.allowed().get(0);
        return bound.startsWith("P") || NUMBER.matcher(bound).matches();
    }

    static String beyond(String bound, int direction) {
        return bound.startsWith("P")
                ? Duration.parse(bound).plusMillis(direction).toString()
                : String.valueOf(Long.parseLong(bound) + direction);
    }

    static Row row(Known known) {
        List<Row> rows = rows().stream()
                .filter(row -> row.known().key().equals(known.key()))
                .toList();
        assertThat(rows).as("rows of %s in %s", known.key(), DOCUMENT).hasSize(1);
        return rows.get(0);
    }

    private static List<Row> rows() {
        try (Stream<String> lines = Files.lines(DOCUMENT)) {
            return lines.filter(line -> line.startsWith("| `holdfast.") || line.startsWith("| `health."))
                    .map(ConfigurationDocTest::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is compared stands in backquotes; what stands beside it is for people. */
    private static Row parse(String line) {
        List<String> cells = Arrays.stream(
                        line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
                .map(String::strip)
                .toList();
        assertThat(cells).as(line).hasSizeGreaterThan(3);
        List<String> defaults = codes(cells.get(2));
        return new Row(
                new Known(codes(cells.get(0)).get(0), defaults.isEmpty() ? "" : defaults.get(0), codes(cells.get(3))),
                cells);
    }

    private static List<String> codes(String cell) {
        Matcher matcher = CODE.matcher(cell);
        List<String> codes = new ArrayList<>();
        while (matcher.find()) {
            codes.add(matcher.group(1));
        }
        return codes;
    }
}
