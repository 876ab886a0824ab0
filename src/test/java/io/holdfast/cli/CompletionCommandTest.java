package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script for shells, read by bash. */
class CompletionCommandTest {
    @TempDir
    Path directory;

    /** What bash offers for the last word of a line. */
    private List<String> offered(String... words) throws IOException, InterruptedException {
        Path script = Files.writeString(
                directory.resolve("script"), CliRun.run("completion", "bash").out());
        String program = "source '" + script + "' || exit 9\n"
                + "COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMP_LINE=\"$*\"; COMP_POINT=${#COMP_LINE}\n"
                + "_complete_holdfast\n"
                + "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
        List<String> command = new ArrayList<>(List.of("bash", "-c", program, "bash", "holdfast"));
        command.addAll(List.of(words));
        Process bash = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt is for bash itself
                .start();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return printed.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void the_script_is_for_both_shells() {
        CliRun bash = CliRun.run("completion", "bash");
        assertThat(bash.exit()).isZero();
        assertThat(CliRun.run("completion", "zsh").out()).isEqualTo(bash.out()).contains("ZSH_VERSION");
    }

    @ParameterizedTest
    @CsvSource({
        "stat,status",
        "dead,dead-letters",
        "comp,completion",
    })
    void the_beginning_of_a_command_becomes_the_command(String beginning, String command) throws Exception {
        assertThat(offered(beginning)).containsExactly(command);
    }

    @Test
    void commands_of_a_command_and_options_are_offered() throws Exception {
        assertThat(offered("cleanup", "")).contains("plan", "run", "restore");
        assertThat(offered("dead-letters", "re")).containsExactly("resend");
        assertThat(offered("status", "--time")).containsExactly("--timeout");
        assertThat(offered("send", "u", "--"))
                .contains("--ttl", "--lines", "--context")
                .doesNotContain("--debug");
        assertThat(offered("completion", "")).contains("bash", "zsh");
    }
}
