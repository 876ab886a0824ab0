package io.holdfast.rooms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The Java sources that rules are checked in. */
final class Sources {
    /** Rooms that run outside of the server. */
    static final Set<String> TOOLS = Set.of("client", "cli", "bench", "validate");

    private static final Path MAIN = Path.of("src/main/java/io/holdfast");

    private Sources() {}

    static List<Path> ofMain() throws IOException {
        return in(MAIN);
    }

    static List<Path> ofServer() throws IOException {
        return in(MAIN).stream()
                .filter(path -> !TOOLS.contains(MAIN.relativize(path).getName(0).toString()))
                .toList();
    }

    static List<Path> ofTests() throws IOException {
        return in(Path.of("src/test/java/io/holdfast"));
    }

    private static List<Path> in(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }
}
