package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher that was built, with this Java. */
class LauncherIT {
    private static final Path LAUNCHER = Path.of("target/bin/holdfast").toAbsolutePath();

    @TempDir
    Path directory;

    private String run(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = LAUNCHER.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("XDG_CACHE_HOME", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return printed;
    }

    @Test
    void it_starts_the_command_line_and_keeps_an_archive_of_its_classes() throws Exception {
        assertThat(run("--version")).matches("holdfast \\d.*\n");
        try (Stream<Path> files = Files.list(directory.resolve("holdfast"))) {
            assertThat(files)
                    .singleElement()
                    .satisfies(archive -> assertThat(Files.size(archive))
                            .as(archive.toString())
                            .isGreaterThan(1 << 20));
        }
        assertThat(run("--version")).as("with the archive").matches("holdfast \\d.*\n");
        assertThat(run("statsu")).contains("Did you mean status?");
    }

    /** On a machine that does nothing else it takes half a second; here it must only not take many times as long. */
    @Test
    void it_starts_fast() throws Exception {
        run("--version");
        long[] millis = new long[5];
        for (int i = 0; i < millis.length; i++) {
            long start = System.nanoTime();
            run("--version");
            millis[i] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        }
        Arrays.sort(millis);
        assertThat(millis[2]).as("median of %s ms", Arrays.toString(millis)).isLessThan(3_000);
        System.out.println("LauncherIT: starts in " + Arrays.toString(millis) + " ms");
    }
}
