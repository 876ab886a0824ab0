package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Containerfile and what it is built from, by their text: no image is built here. */
class ImageTest {
    private static final Pattern COPIED = Pattern.compile("(?m)^COPY (?!.*--from)(?:--\\S+ )*(.+) \\S+$");
    private static final Pattern LABEL = Pattern.compile("[ \\t]([a-z.]+)=\"([^\"]*)\"");

    private final String containerfile = read("Containerfile");
    private final String pom = read("pom.xml");

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<MatchResult> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().toList();
    }

    private String argument(String name) {
        return all("(?m)^ARG " + name + "=(\\S+)$", containerfile).get(0).group(1);
    }

    @Test
    void what_is_copied_exists_and_is_all_that_a_build_is_given() {
        List<String> given = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        for (String line : read(".dockerignore").lines().toList()) {
            if (line.startsWith("!")) {
                given.add(line.substring(1));
            } else if (!line.startsWith("#")) {
                ignored.add(line);
            }
        }
        assertThat(ignored)
                .as("everything, and the packages of the JavaScript tests")
                .containsExactly("*", "**/node_modules");
        List<String> copied = COPIED.matcher(containerfile)
                .results()
                .flatMap(copy -> Arrays.stream(copy.group(1).split(" ")))
                .toList();
        assertThat(copied)
                .hasSizeGreaterThan(3)
                .allSatisfy(path -> assertThat(Path.of(path)).exists());
        assertThat(copied.stream().map(path -> path.replaceFirst("/.*", "")).distinct())
                .containsExactlyInAnyOrderElementsOf(given);
        assertThat(Path.of(".containerignore"))
                .as("Podman would take it instead of .dockerignore")
                .doesNotExist();
    }

    /** A digest is passed on as a build argument; docs/deployment.md has the commands that find it. */
    @Test
    void every_base_can_be_replaced_by_one_with_a_digest() {
        List<String> bases = all("(?m)^FROM \\$\\{(\\w+)\\}", containerfile).stream()
                .map(from -> from.group(1))
                .toList();
        assertThat(bases).containsExactly("BUILD_BASE", "SERVER_BASE");
        assertThat(all("(?m)^FROM ", containerfile)).hasSize(bases.size());
        String deployment = read("docs/deployment.md");
        for (String base : bases) {
            assertThat(deployment).contains("--build-arg " + base + "=").contains(argument(base));
        }
    }

    @Test
    void the_server_in_the_image_is_the_one_that_is_tested() {
        String version =
                all("<liberty.version>(.+)</liberty.version>", pom).get(0).group(1);
        assertThat(argument("SERVER_BASE")).contains(":" + version + "-kernel-slim-java17-");
    }

    @Test
    void labels_say_what_the_image_is() {
        String labels = containerfile.substring(containerfile.indexOf("\nLABEL "));
        List<String> names =
                LABEL.matcher(labels).results().map(label -> label.group(1)).toList();
        assertThat(names)
                .doesNotHaveDuplicates()
                .contains(
                        "org.opencontainers.image.title",
                        "org.opencontainers.image.description",
                        "org.opencontainers.image.licenses",
                        "org.opencontainers.image.base.name");
        assertThat(names)
                .as("what the base image says of itself")
                .contains(
                        "org.opencontainers.image.authors",
                        "org.opencontainers.image.vendor",
                        "org.opencontainers.image.url",
                        "org.opencontainers.image.source",
                        "org.opencontainers.image.version",
                        "org.opencontainers.image.revision",
                        "name",
                        "version",
                        "vendor",
                        "summary",
                        "description");
        assertThat(pom).contains("<version>" + argument("VERSION") + "</version>");
        String described = all("<description>(.+)</description>", pom).get(0).group(1);
        assertThat(labels).contains("description=\"" + described + "\"");
    }
}
