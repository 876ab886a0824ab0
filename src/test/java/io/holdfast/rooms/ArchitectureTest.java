package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of docs/architecture.md say what the code does. */
class ArchitectureTest {
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern THREAD = Pattern.compile(
            "(?:\\bpart\\(|\\.factory\\(|named\\(factory, |new Thread\\([^\"]*)\"(?:holdfast-)?([a-z-]+)\"");

    @Test
    void the_table_of_rooms_is_the_one_that_is_checked() throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        for (List<String> row : table("room")) {
            documented.put(quoted(row.get(0)).iterator().next(), quoted(row.get(2)));
        }
        assertThat(documented).isEqualTo(RoomsTest.DOORS);
    }

    @Test
    void the_table_of_threads_has_each_thread_that_the_server_makes() throws IOException {
        Set<String> documented = new TreeSet<>();
        table("thread").forEach(row -> documented.addAll(quoted(row.get(0))));
        assertThat(documented).isEqualTo(threads());
    }

    /** The names under which the server's rooms make threads, without {@code holdfast-}. */
    private static Set<String> threads() throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path source : Sources.ofServer()) {
            Matcher thread = THREAD.matcher(Files.readString(source));
            while (thread.find()) {
                found.add(thread.group(1));
            }
        }
        return found;
    }

    private static Set<String> quoted(String cell) {
        return QUOTED.matcher(cell).results().map(match -> match.group(1)).collect(Collectors.toSet());
    }

    /** The cells of the rows of the table whose first heading is given. */
    private static List<List<String>> table(String heading) throws IOException {
        return Files.readAllLines(Path.of("docs/architecture.md")).stream()
                .dropWhile(line -> !line.startsWith("| " + heading + " |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Stream.of(line.substring(1).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .toList();
    }
}
