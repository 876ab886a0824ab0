package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus' own checks. Debian's package {@code prometheus} has the program. */
final class Promtool {
    private static final Path PROGRAM = Path.of("/usr/bin/promtool");

    private Promtool() {}

    /**
     * Runs it below docs/monitoring.
     *
     * @param input what it reads; may be empty
     */
    static void findsNothing(String input, String... arguments) throws IOException, InterruptedException {
        Machine.needs(Files.isExecutable(PROGRAM), PROGRAM + " is not installed");
        List<String> command = Stream.concat(Stream.of(PROGRAM.toString()), Stream.of(arguments))
                .toList();
        Process process = new ProcessBuilder(command)
                .directory(Path.of("docs/monitoring").toFile())
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    }
}
