package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.delivery.DeliveryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/api.md has every error code that the server API answers with, and its status. */
class ErrorCodesTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (`[a-z_]+`(?:, `[a-z_]+`)*) \\| (\\d{3}(?:, \\d{3})*) \\|");
    private static final Pattern WORD = Pattern.compile("`([a-z_]+)`");
    private static final Pattern STATUS = Pattern.compile("\\d{3}");

    /** An answer whose status and code are written out. */
    private static final Pattern WRITTEN =
            Pattern.compile("(?:Answer\\.error|new Refusal)\\(\\s*(\\d{3}),\\s*\"([a-z_]+)\"");

    /** Of a wrong field. */
    private static final Pattern FIELD = Pattern.compile("\"([a-z]+_field)\"");

    /** They concern channels and their positions, which only the calls in the compatible shape do. */
    private static final Set<DeliveryException.Reason> COMPATIBLE_ONLY =
            EnumSet.of(DeliveryException.Reason.UNRECOVERABLE, DeliveryException.Reason.TOO_MANY_CHANNELS);

    private final Map<String, Set<Integer>> answered = new TreeMap<>();

    @Test
    void the_document_has_every_code_with_its_status_and_no_other() throws IOException {
        Map<String, Set<Integer>> documented = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("docs/api.md")))
                .results()
                .forEach(row -> WORD.matcher(row.group(1))
                        .results()
                        .forEach(word -> documented.put(
                                word.group(1),
                                STATUS.matcher(row.group(2))
                                        .results()
                                        .map(MatchResult::group)
                                        .map(Integer::valueOf)
                                        .collect(Collectors.toCollection(TreeSet::new)))));
        collect();
        assertThat(documented).isEqualTo(answered);
    }

    private void collect() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/holdfast/http"))) {
            files.filter(Files::isRegularFile).map(ErrorCodesTest::text).forEach(text -> {
                WRITTEN.matcher(text)
                        .results()
                        .forEach(found -> note(found.group(2), Integer.parseInt(found.group(1))));
                FIELD.matcher(text).results().forEach(found -> note(found.group(1), 400));
            });
        }
        Arrays.stream(DeliveryException.Reason.values())
                .filter(reason -> !COMPATIBLE_ONLY.contains(reason))
                .map(reason -> Failures.answer(new DeliveryException(reason, "data", "why", null)))
                .forEach(this::note);
        IntStream.of(400, 403, 404, 405, 429, 500, 503)
                .mapToObj(ErrorServlet::answer)
                .forEach(this::note);
        note(Answer.malformed());
        note("not_started", 503); // by a filter of operate, before any call: StartIT
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void note(Answer answer) {
        try {
            note(new ObjectMapper().readTree(answer.json()).at("/error/code").asText(), answer.status());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void note(String code, int status) {
        answered.computeIfAbsent(code, each -> new TreeSet<>()).add(status);
    }
}
