package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class OptionsTest {

    @Test
    void one_command_runs_several_scenarios() {
        assertThat(parse("return", "--batch", "7", "fanout", "return").scenarios)
                .containsExactly("return", "fanout", "return");
    }

    @Test
    void choices_are_read_in_lower_case() {
        Options options = parse(
                "direct",
                "--via",
                "batch",
                "--until",
                "receipt",
                "--format",
                "protobuf",
                "--target",
                "bare",
                "--no-outbox");

        assertThat(options.via).isEqualTo(Options.Via.BATCH);
        assertThat(options.until).isEqualTo(Options.Until.RECEIPT);
        assertThat(options.format).isEqualTo(Options.Format.PROTOBUF);
        assertThat(options.target().name()).isEqualTo("bare");
        assertThat(options.noOutbox).isTrue();
    }

    @Test
    void a_port_is_from_1_to_65535() {
        assertThat(parse("idle", "--port", "65535").port).isEqualTo(65_535);
        for (String wrong : new String[] {"0", "65536"}) {
            assertThatThrownBy(() -> parse("idle", "--port", wrong)).hasMessageContaining("from 1 to 65535");
        }
    }

    @Test
    void the_last_of_several_counts() {
        assertThat(parse("fanout", "--seconds", "5", "--no-outbox", "--seconds", "0.25", "--no-outbox").measured)
                .isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void numbers_and_texts_are_read_as_they_stand() {
        Options options = parse(
                "fanout",
                "--clients",
                "1e3",
                "--stalled",
                "0.5",
                "--label",
                "a b",
                "--api-key",
                "@key",
                "--kill-cmd",
                "");

        assertThat(options.clients).isEqualTo(1000);
        assertThat(options.stalled).hasToString("0.5");
        assertThat(options.label).isEqualTo("a b");
        assertThat(options.apiKey).isEqualTo("@key");
        assertThat(options.killCommand).isEmpty();
    }

    @Test
    void a_mistake_is_refused_by_name() {
        assertThatThrownBy(() -> parse("fanout", "--client", "5")).hasMessageContaining("--client");
        assertThatThrownBy(() -> parse("fanout", "--clients", "5.5"))
                .hasMessageContainingAll("--clients", "'5.5' is not a whole number from 0");
        assertThatThrownBy(() -> parse("fanout", "--patience", "long"))
                .hasMessageContainingAll("--patience", "'long' is not a time such as");
        assertThatThrownBy(() -> parse("fanout", "--clients")).hasMessageContaining("--clients");
        assertThatThrownBy(() -> parse("fanout", "--via", "post")).hasMessageContainingAll("--via", "BATCH", "'post'");
        assertThatThrownBy(() -> parse()).hasMessageContaining("SCENARIO");
        assertThatThrownBy(() -> Load.run(parse("fanout", "fanin"))).hasMessageContaining("no scenario fanin");
    }

    static Options parse(String... arguments) {
        Options options = new Options();
        Options.readBy(new CommandLine(options)).parseArgs(arguments);
        return options;
    }
}
