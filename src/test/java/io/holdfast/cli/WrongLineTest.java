package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a command line is said in words, with what was probably meant. */
class WrongLineTest {
    private static final String WORDS_OF_JAVA =
            "(?is).*(exception|\\bjava\\.|io\\.holdfast|picocli|\\blong\\b|\\bint\\b|\\bnull\\b|\\bclass\\b).*";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "statsu | There is no command 'statsu' of holdfast | Did you mean status?",
                "dead | no command 'dead' | Did you mean dead-letters?",
                "clientz | no command 'clientz' | Did you mean clients or client?",
                "cleanup pln | no command 'pln' of holdfast cleanup | Did you mean plan?",
                "breakers rest u | one argument too many for holdfast breakers | Did you mean reset?",
                "xyzzy | no command 'xyzzy' | See: holdfast --help",
                "status --ulr http://x | holdfast status has no option --ulr | Did you mean --url?",
                "status --ulr=http://x | holdfast status has no option --ulr | Did you mean --url?",
                "send u 1 --idd x | holdfast send has no option --idd | Did you mean --id?",
                "send u 1 --time 5s | holdfast send has no option --time | Did you mean --timeout?",
                "--url http://x status | holdfast has no option --url | holdfast COMMAND --url",
                "send u 1 2 | '2' is one argument too many for holdfast send | put quotes around both",
                "client -abc | holdfast client has no option -abc | -- -abc",
                "send --tll 5m | holdfast send has no option --tll | Did you mean --ttl?",
                "cleanup | A command is missing after: holdfast cleanup | plan, run, cycles, restore, audit",
                "tail c --count x | --count | 'x' is not a whole number",
                "tail c --last 99999999999 | --last | too large",
                "send u 1 --ttl 5x | --ttl | 1h30m",
                "completion fish | no completion for fish | bash or zsh",
                "revoke u --issued-before yesterday | neither now nor a moment | 2026-11-30T12:00:00Z",
                "bench fanout --format x | --format | json",
            })
    void what_is_wrong_is_said_with_what_was_meant(String line, String message, String advice) {
        CliRun run = CliRun.run(line.split(" "));
        assertThat(run.exit()).as(run.toString()).isEqualTo(2);
        assertThat(run.err()).containsIgnoringCase(message).containsIgnoringCase(advice);
        assertThat(run.err()).doesNotMatch(WORDS_OF_JAVA);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void nothing_is_meant_by_what_is_like_no_command() {
        assertThat(CliRun.run("xyzzy").err()).doesNotContain("Did you mean");
        assertThat(CliRun.run("status", "--xyzzy").err()).doesNotContain("Did you mean");
    }

    @Test
    void without_a_command_all_of_them_are_named() {
        CliRun run = CliRun.run();
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("status", "dead-letters", "completion", "See: holdfast --help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench fanout --port 1 --seconds 1 --warmup 0",
                "bench nope",
                "validate http://localhost:1",
                "status --url http://localhost:1",
                "tail c --url http://localhost:1",
                "token make --sub u --secret-file /nonexistent/file",
                "config check /nonexistent/file",
                "status --ca-file /nonexistent/file",
            })
    void what_cannot_be_done_is_said_without_words_of_java(String line) {
        CliRun run = CliRun.run(line.split(" "));
        assertThat(run.exit()).as(run.toString()).isBetween(1, 4);
        assertThat(run.out() + run.err()).doesNotMatch(WORDS_OF_JAVA);
    }

    /** Breaks as no stream may. */
    private static final class BrokenStream extends InputStream {
        @Override
        public int read() {
            throw new IllegalStateException("s3cret");
        }
    }

    @Test
    void a_bug_is_70_and_only_debug_shows_where() {
        CliRun run = CliRun.around().reading(new BrokenStream()).run("send", "u", "-");
        CliRun debug = CliRun.around().reading(new BrokenStream()).run("send", "u", "-", "--debug");
        assertThat(run.exit()).isEqualTo(70);
        assertThat(run.err())
                .contains("bug", "--debug")
                .doesNotContain("s3cret")
                .doesNotMatch(WORDS_OF_JAVA);
        assertThat(debug.exit()).isEqualTo(70);
        assertThat(debug.err()).contains("IllegalStateException", "BrokenStream.read");
    }
}
