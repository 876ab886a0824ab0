package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** Each archive that was built holds its own rooms and libraries, and those of no other archive. */
class PackagingIT {
    private static final String ROOMS = "io/holdfast/";
    private static final Set<String> ROOMS_OF_THE_TOOLS = Set.of("bench", "cli", "client", "validate");

    @Test
    void the_war_has_four_libraries_and_nothing_of_the_tools() throws IOException {
        Set<String> files = files("holdfast.war");
        Set<String> libraries = rooms(files, "WEB-INF/lib/").stream()
                .map(name -> name.replaceFirst("-\\d.*\\.jar$", ""))
                .collect(Collectors.toSet());
        assertThat(libraries).containsExactlyInAnyOrder("jackson-core", "jspecify", "nimbus-jose-jwt", "postgresql");
        assertThat(files)
                .as("the charts of the dashboard, with their licence")
                .filteredOn(file -> file.startsWith("admin/vendor/"))
                .extracting(file -> file.replaceFirst(".*/", ""))
                .containsExactlyInAnyOrder("LICENSE", "uPlot.esm.js", "uPlot.min.css");
        assertThat(rooms(files, "WEB-INF/classes/")).doesNotContain("com", "picocli");
        assertThat(rooms(files, "WEB-INF/classes/" + ROOMS))
                .contains("app", "configuration", "delivery", "websocket")
                .doesNotContainAnyElementsOf(ROOMS_OF_THE_TOOLS);
    }

    @Test
    void the_library_has_the_rooms_of_the_server_and_no_other_classes() throws IOException {
        Set<String> files = files("holdfast-classes.jar");
        assertThat(rooms(files, ROOMS))
                .contains("app", "configuration", "delivery", "websocket")
                .doesNotContainAnyElementsOf(ROOMS_OF_THE_TOOLS);
        assertThat(files)
                .filteredOn(file -> file.endsWith(".class"))
                .isNotEmpty()
                .allMatch(file -> file.startsWith(ROOMS));
    }

    @Test
    void the_command_line_has_its_libraries_and_little_of_the_server() throws IOException {
        Set<String> files = files("holdfast-cli.jar");
        Set<String> rooms = new TreeSet<>(ROOMS_OF_THE_TOOLS);
        rooms.addAll(Set.of("json", "configuration", "stream"));
        assertThat(rooms(files, ROOMS)).isEqualTo(rooms);
        assertThat(rooms(files, ROOMS + "stream/postgresql/"))
                .containsExactlyInAnyOrder("SchemaScripts.class", "V1__streams.sql");
        assertThat(files)
                .contains(
                        "io/holdfast/configuration/keys.tsv",
                        "org/HdrHistogram/Histogram.class",
                        "com/fasterxml/jackson/annotation/JsonProperty.class",
                        "com/fasterxml/jackson/databind/JsonNode.class",
                        "picocli/CommandLine.class",
                        "com/nimbusds/jose/JWSSigner.class");
    }

    /** The paths of all files of an archive in {@code target}. */
    private static Set<String> files(String archive) throws IOException {
        try (ZipFile zip = new ZipFile(new File("target", archive))) {
            return zip.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** What lies directly under a root: the first part of each path that begins with it. */
    private static Set<String> rooms(Set<String> files, String root) {
        return files.stream()
                .filter(file -> file.startsWith(root))
                .map(file -> file.substring(root.length()).split("/", -1)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
