package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/troubleshooting.md says how to see the cause and what to do, and names only what exists. */
class TroubleshootingTest {
    private static final Path DOCS = Path.of("docs");
    private static final String TEXT = text(DOCS.resolve("troubleshooting.md"));

    /** The server, its pages and its configuration; texts that are put together from parts are whole. */
    private static final String SOURCES = sources().replaceAll("\"\\s*\\+ \"", "");

    private static final Set<String> WORDS = all(
                    "[a-z0-9_]+", SOURCES.toLowerCase(Locale.ROOT).replace('-', '_'))
            .map(MatchResult::group)
            .collect(Collectors.toSet());

    /** What a WebSocket itself ends with (RFC 6455, section 7.4.1): without a close frame, and for a message too big. */
    private static final Set<Integer> OF_WEBSOCKET = Set.of(1006, 1009);

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sources() {
        try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
            return Stream.concat(
                            Stream.of(Path.of("server.xml")),
                            files.filter(file -> file.toString().matches(".*\\.(java|js|ts|yaml|tsv)")))
                    .map(TroubleshootingTest::text)
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<MatchResult> all(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results();
    }

    /** What is in backquotes and looks like this. */
    private static List<String> named(String pattern) {
        return all("`(" + pattern + ")`", TEXT)
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    private static Map<String, String> sections() {
        Map<String, String> sections = new TreeMap<>();
        all("^### (.*)\\n((?:(?!^##)[\\s\\S])*)", TEXT).forEach(found -> sections.put(found.group(1), found.group(2)));
        return sections;
    }

    @Test
    void every_symptom_has_how_to_see_its_cause_and_what_to_do() {
        assertThat(sections())
                .hasSizeGreaterThan(40)
                .allSatisfy((symptom, text) -> assertThat(
                                all("^\\* \\*\\*(\\w+)\\.\\*\\* \\S", text).map(found -> found.group(1)))
                        .as(symptom)
                        .containsExactly("See", "Do"));
    }

    @Test
    void every_close_code_and_every_error_that_it_names_exists() {
        Set<Integer> closes =
                Arrays.stream(CloseCode.values()).map(CloseCode::code).collect(Collectors.toSet());
        assertThat(numbers("\\b(1[0-8]\\d\\d|[34]\\d{3})\\b"))
                .hasSizeGreaterThan(12)
                .allMatch(code -> closes.contains(code) || OF_WEBSOCKET.contains(code));
        assertThat(numbers("\\b(1\\d\\d)\\b"))
                .hasSizeGreaterThan(5)
                .isSubsetOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::code).toList());
        assertThat(numbers("\\b([45]\\d\\d)\\b(?! MiB)"))
                .hasSizeGreaterThan(7)
                .allMatch(status -> WORDS.contains(String.valueOf(status)));
    }

    @Test
    void a_code_in_a_heading_has_its_own_reason() {
        Map<Integer, Set<String>> reasons = Stream.concat(
                        Arrays.stream(CloseCode.values()).map(code -> Map.entry(code.code(), code.reason())),
                        Arrays.stream(ErrorCode.values()).map(code -> Map.entry(code.code(), code.message())))
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toSet())));
        String headings = String.join("\n", sections().keySet());
        assertThat(all("\\b(\\d{3,4}), ([a-z ]+)", headings)
                        .filter(found -> reasons.containsKey(Integer.valueOf(found.group(1)))))
                .hasSizeGreaterThan(12)
                .allSatisfy(found -> assertThat(reasons.get(Integer.valueOf(found.group(1))))
                        .as(found.group())
                        .contains(found.group(2)));
    }

    private static Set<Integer> numbers(String pattern) {
        return all(pattern, TEXT).map(found -> Integer.valueOf(found.group(1))).collect(Collectors.toSet());
    }

    @Test
    void every_key_and_every_metric_that_it_names_exists() {
        Set<String> keys =
                ConfigurationDocTest.known().stream().map(Keys.Known::key).collect(Collectors.toSet());
        assertThat(named("holdfast\\.(?!js`)[a-z0-9.-]+[a-z0-9]"))
                .hasSizeGreaterThan(20)
                .allMatch(keys::contains);
        Set<String> metrics = all("^\\| `(holdfast_\\w+)", text(DOCS.resolve("monitoring.md")))
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        assertThat(named("holdfast_\\w+")).hasSizeGreaterThan(12).allMatch(metrics::contains);
    }

    @Test
    void every_word_and_every_text_of_the_server_that_it_quotes_exists() {
        assertThat(named("(?!holdfast_)[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*"))
                .hasSizeGreaterThan(40)
                .allMatch(word -> WORDS.contains(word.replace('-', '_')));
        assertThat(named("(?:[A-Z][a-z]*|is|has) [\\w ]+"))
                .hasSizeGreaterThan(5)
                .allMatch(SOURCES::contains);
    }

    @Test
    void every_code_of_a_503_is_explained() {
        List<String> codes = all("^\\| `(\\w+)` \\|[^|]*\\b503\\b", text(DOCS.resolve("api.md")))
                .map(found -> found.group(1))
                .toList();
        assertThat(codes).hasSize(5);
        assertThat(sections().get("503")).contains(codes);
    }

    @Test
    void every_command_and_every_path_that_it_names_exists() {
        String cli = text(DOCS.resolve("cli.md"));
        assertThat(all("holdfast ([a-z-]+)(?: [a-z-]|`| -|$)", TEXT).map(found -> found.group(1)))
                .hasSizeGreaterThan(5)
                .allMatch(command ->
                        all("^\\|[^|]*`" + command + "\\b", cli).findAny().isPresent());
        String api = text(Path.of("src/main/webapp/META-INF/openapi.yaml"));
        assertThat(all("/api/[a-z-]+", TEXT).map(MatchResult::group).distinct())
                .hasSizeGreaterThan(3)
                .allMatch(path -> api.contains("\n  " + path + ":"));
    }
}
