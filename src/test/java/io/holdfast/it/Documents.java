package io.holdfast.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The examples in documents, which tests carry out. */
final class Documents {
    private Documents() {}

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
