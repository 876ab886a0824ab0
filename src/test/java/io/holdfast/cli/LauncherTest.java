package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with a program in Java's place that writes down how it was called. */
class LauncherTest {
    @TempDir
    Path directory;

    private Path launcher = Path.of("");

    @BeforeEach
    void install() throws IOException {
        Path bin = Files.createDirectories(directory.resolve("target of mvn/bin"));
        launcher = Files.copy(Path.of("src/main/assembly/holdfast"), bin.resolve("holdfast"));
        Files.writeString(bin.resolveSibling("holdfast-cli.jar"), "a jar");
        java("17.0.15", "echo classes > \"$archive\"");
    }

    /** @param atExit what it does when it is to write the archive $archive */
    private void java(String version, String atExit) throws IOException {
        Path java = directory.resolve("jdk/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, """
                #!/bin/sh
                if [ "$1" = -version ]; then echo 'openjdk version "VERSION" 2025-04-15' >&2; exit 0; fi
                printf '<%s>' "$@" "key=${HOLDFAST_API_KEY:-}" >> 'LOG'
                echo >> 'LOG'
                for argument; do
                  case "$argument" in
                    -XX:ArchiveClassesAtExit=*) archive="${argument#*=}"; AT_EXIT; exit 3 ;;
                  esac
                done
                echo printed
                exit 7
                """.replace("VERSION", version)
                .replace("LOG", directory.resolve("log").toString())
                .replace("AT_EXIT", atExit));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Ran(int exit, String printed) {}

    private Ran run(Path command, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("sh", command.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        builder.environment().put("HOLDFAST_API_KEY", "s3cret");
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), printed);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(directory.resolve("log"));
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("cache/holdfast"))) {
            return files.toList();
        }
    }

    @Test
    void the_first_start_makes_an_archive_and_all_use_it() throws Exception {
        Ran first = run(launcher, "send", "u 1", "{\"a\": 1}");
        Ran second = run(launcher, "status");

        assertThat(first).isEqualTo(second).isEqualTo(new Ran(7, "printed\n"));
        assertThat(archives()).singleElement().asString().endsWith(".jsa");
        String used = "<-XX:SharedArchiveFile=" + archives().get(0) + ">";
        assertThat(calls()).hasSize(3);
        assertThat(calls().get(0)).contains("ArchiveClassesAtExit").endsWith("<key=>");
        assertThat(calls().get(1)).contains(used, "holdfast-cli.jar><send><u 1><{\"a\": 1}><key=s3cret>");
        assertThat(calls().get(2)).contains(used, "<status>");
    }

    @Test
    void another_jar_or_java_gets_an_archive_of_its_own_and_old_ones_go() throws Exception {
        for (int i = 0; i < 6; i++) {
            Files.writeString(launcher.getParent().resolveSibling("holdfast-cli.jar"), "a longer jar" + "!".repeat(i));
            run(launcher, "status");
        }
        java("21.0.1", "echo classes > \"$archive\"; : another");
        run(launcher, "status");
        assertThat(calls()).hasSize(14);
        assertThat(archives()).hasSize(4);
    }

    @Test
    void without_an_archive_it_starts_as_well_and_does_not_try_again() throws Exception {
        java("17", "rm -f \"$archive\"");
        assertThat(run(launcher, "status").exit()).isEqualTo(7);
        assertThat(run(launcher, "status").exit()).isEqualTo(7);
        assertThat(calls()).hasSize(3);
        assertThat(calls().get(2)).doesNotContain("SharedArchiveFile");
    }

    @Test
    void a_cache_that_cannot_be_written_stops_nothing() throws Exception {
        Files.writeString(directory.resolve("cache"), "a file");
        assertThat(run(launcher, "status")).isEqualTo(new Ran(7, "printed\n"));
        assertThat(calls()).hasSize(1);
    }

    @Test
    void links_to_it_are_followed() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("holdfast"), launcher);
        Path second = Files.createSymbolicLink(directory.resolve("hf"), Path.of("holdfast"));
        assertThat(run(link, "status").exit()).isEqualTo(7);
        assertThat(run(second, "status").exit()).isEqualTo(7);
    }

    @Test
    void the_jar_may_lie_beside_it_or_in_lib() throws Exception {
        Path jar = launcher.getParent().resolveSibling("holdfast-cli.jar");
        Path lib = Files.createDirectories(jar.resolveSibling("lib")).resolve("holdfast-cli.jar");
        Files.move(jar, lib);
        assertThat(run(launcher, "status").exit()).isEqualTo(7);
        Files.move(lib, launcher.resolveSibling("holdfast-cli.jar"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(run(launcher, "status").exit()).isEqualTo(7);
        Files.delete(launcher.resolveSibling("holdfast-cli.jar"));
        Ran without = run(launcher, "status");
        assertThat(without.exit()).isEqualTo(2);
        assertThat(without.printed()).contains("no holdfast-cli.jar", "mvn package");
    }

    @Test
    void a_java_that_is_too_old_is_told_with_its_version() throws Exception {
        java("11.0.2", ":");
        Ran old = run(launcher, "status");
        assertThat(old.exit()).isEqualTo(2);
        assertThat(old.printed()).contains("Java 17 or newer", "version 11", "JAVA_HOME");
        java("1.8.0_292", ":");
        assertThat(run(launcher, "status").printed()).contains("version 1");
        Files.delete(directory.resolve("jdk/bin/java"));
        assertThat(run(launcher, "status").printed()).contains("no Java in JAVA_HOME");
    }

    @Test
    void what_runs_long_is_compiled_in_full() throws Exception {
        run(launcher, "bench", "fanout");
        run(launcher, "status");
        assertThat(calls().get(1)).doesNotContain("TieredStopAtLevel");
        assertThat(calls().get(2)).contains("TieredStopAtLevel");
    }
}
