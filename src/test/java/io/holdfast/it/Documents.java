package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The examples in documents, which tests carry out. */
final class Documents {
    private static final Pattern STEP = Pattern.compile("```sh\\n# (.*)\\n([\\s\\S]*?)```");

    private Documents() {}

    /** The steps that a document takes in a shell, in order: the commands of each by its heading comment. */
    static Map<String, String> steps(Path document) throws IOException {
        Map<String, String> steps = new LinkedHashMap<>();
        STEP.matcher(Files.readString(document)).results().forEach(step -> {
            assertThat(steps).as("steps of %s", document).doesNotContainKey(step.group(1));
            steps.put(step.group(1), step.group(2));
        });
        return steps;
    }

    /** The blocks of code in one language, in order. */
    static List<String> snippets(Path document, String language) throws IOException {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(document))
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring(block.indexOf('\n') + 1, block.length() - 3))
                .toList();
    }

    /** The first whole server.xml. */
    static String server(String document) throws IOException {
        return snippets(Path.of(document), "xml").stream()
                .filter(xml -> xml.startsWith("<server"))
                .findFirst()
                .orElseThrow();
    }
}
