package io.holdfast.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The index of the documents has every page, and every link from one document to another leads somewhere. */
class DocsIndexTest {
    private static final Path DOCS = Path.of("docs");
    private static final Path INDEX = DOCS.resolve("README.md");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`[^`\n]*`");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*)$");

    /** What a link that is not to another site names. */
    private static final Pattern LINK = Pattern.compile("\\]\\((?![a-z]+:)([^)#\\s]*)(?:#([^)\\s]*))?\\)");

    /** A link of a document. */
    private record Link(Path from, String target, String anchor) {
        /** The file or directory; the document itself for a link within it. */
        Path file() {
            return target.isEmpty() ? from : from.resolveSibling(target).normalize();
        }
    }

    private static List<Path> documents() throws IOException {
        List<Path> documents =
                new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md")));
        documents.add(Path.of("bench/README.md"));
        try (Stream<Path> paths = Files.walk(DOCS)) {
            paths.filter(path -> path.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        return documents;
    }

    private static List<Link> links(Path document) throws IOException {
        // A name in code is often the text of a link, so only the code between links goes.
        String text = CODE.matcher(Files.readString(document)).replaceAll("code");
        return LINK.matcher(text)
                .results()
                .map(found -> new Link(document, found.group(1), found.group(2) == null ? "" : found.group(2)))
                .toList();
    }

    @Test
    void the_index_has_every_page_once_and_leads_to_the_decisions() throws IOException {
        Set<Path> pages = new TreeSet<>();
        try (Stream<Path> paths = Files.list(DOCS)) {
            paths.filter(path -> path.toString().endsWith(".md") && !path.equals(INDEX))
                    .forEach(pages::add);
        }
        assertThat(pages).hasSizeGreaterThan(25);
        pages.add(DOCS.resolve("decisions"));
        assertThat(links(INDEX).stream().map(Link::file).filter(file -> file.startsWith(DOCS)))
                .containsExactlyInAnyOrderElementsOf(pages);
    }

    @Test
    void the_readme_leads_to_the_index_and_to_the_first_steps() throws IOException {
        assertThat(links(Path.of("README.md")).stream().map(Link::file))
                .contains(
                        INDEX,
                        DOCS.resolve("tutorial.md"),
                        DOCS.resolve("troubleshooting.md"),
                        Path.of("CONTRIBUTING.md"));
    }

    @Test
    void every_link_between_documents_leads_to_a_file_and_a_heading_that_are_there() throws IOException {
        List<Link> broken = new ArrayList<>();
        Map<Path, Set<String>> anchors = new HashMap<>();
        int all = 0;
        for (Path document : documents()) {
            for (Link link : links(document)) {
                all++;
                if (!Files.exists(link.file())
                        || (!link.anchor().isEmpty()
                                && !anchors.computeIfAbsent(link.file(), DocsIndexTest::anchors)
                                        .contains(link.anchor()))) {
                    broken.add(link);
                }
            }
        }
        assertThat(all).as("links that are found").isGreaterThan(250);
        assertThat(broken).isEmpty();
    }

    /** As GitHub makes them: a heading that comes again gets a number. */
    private static Set<String> anchors(Path document) {
        try {
            Set<String> anchors = new TreeSet<>();
            HEADING.matcher(FENCED.matcher(Files.readString(document)).replaceAll(""))
                    .results()
                    .forEach(heading -> {
                        String anchor = anchor(heading.group(1));
                        String one = anchor;
                        for (int again = 1; !anchors.add(one); again++) {
                            one = anchor + '-' + again;
                        }
                    });
            return anchors;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String anchor(String heading) {
        return heading.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .strip()
                .replace(' ', '-');
    }
}
