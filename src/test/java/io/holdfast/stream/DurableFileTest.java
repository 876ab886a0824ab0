package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
    private static final byte[] ONE = {'1', '\n'};

    @TempDir
    Path directory;

    private final List<String> forced = new ArrayList<>();
    private Path path;
    private DurableFile file;

    @BeforeEach
    void name() {
        path = directory.resolve("small");
        file = counted(path);
    }

    /** Notes what is forced, and how long it and the file itself are at that moment. */
    private DurableFile counted(Path of) {
        return new DurableFile(of, (channel, what) -> {
            channel.force(true);
            String size = Files.isDirectory(what) ? "" : " " + channel.size();
            String there = Files.exists(of) ? Long.toString(Files.size(of)) : "none";
            forced.add((Files.isDirectory(what) ? "names" : what.getFileName()) + size + ", file " + there);
        });
    }

    @Test
    void a_new_name_is_forced() throws IOException {
        Files.write(path, ONE);
        file.rename(directory.resolve("other"));
        assertThat(forced).containsExactly("names, file none");
        assertThat(directory.resolve("other")).hasBinaryContent(ONE);
    }

    @Test
    void a_replacement_is_forced_before_it_gets_its_name_and_the_name_after() throws IOException {
        Files.write(path, ONE);
        file.replace(new byte[] {'a', 'b', 'c'});
        assertThat(forced).containsExactly("small.tmp 3, file 2", "names, file 3");
        assertThat(path).hasContent("abc");
        assertThat(directory).isDirectoryContaining(path::equals).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void what_an_earlier_process_wrote_is_forced_before_it_is_read() throws IOException {
        Files.write(path, ONE);
        assertThat(file.read()).isEqualTo(ONE);
        assertThat(forced).containsExactly("small 2, file 2", "names, file 2");
    }

    @Test
    void a_file_that_is_not_there_is_empty_and_can_be_deleted() throws IOException {
        assertThat(file.read()).isEmpty();
        file.delete();
        assertThat(forced).isEmpty();
        Files.write(path, ONE);
        file.delete();
        assertThat(forced).containsExactly("names, file none");
    }

    @Test
    void a_failed_force_is_reported() throws IOException {
        DurableFile failing = new DurableFile(path, (channel, what) -> {
            throw new IOException("the disk is gone");
        });
        assertThatThrownBy(() -> failing.replace(ONE)).hasMessage("the disk is gone");
        Files.write(path, ONE);
        assertThatThrownBy(failing::read).hasMessage("the disk is gone");
    }

    @Test
    void the_names_of_new_directories_are_forced_where_they_stand() throws IOException {
        List<Path> names = new ArrayList<>();
        Path deep = directory.resolve("a/b");
        DurableFile.createDirectories(deep, (channel, what) -> names.add(what));
        assertThat(deep).isDirectory();
        assertThat(names)
                .containsExactly(
                        directory.toAbsolutePath(), directory.resolve("a").toAbsolutePath());
        DurableFile.createDirectories(deep, (channel, what) -> names.add(what));
        assertThat(names).hasSize(2);
    }
}
