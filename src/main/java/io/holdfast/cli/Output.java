package io.holdfast.cli;

import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What commands without a server have: {@code --json}, and the way to their surroundings. */
final class Output {
    static final String JSON = "--json";
    static final String JSON_TEXT = "Prints JSON for scripts, one document per line, on both outputs.";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Option(names = JSON, description = JSON_TEXT)
    private boolean json;

    Surroundings surroundings() {
        return surroundings(spec);
    }

    /** Those of the outermost command, which supplies them to all. */
    static Surroundings surroundings(CommandSpec command) {
        return (Surroundings) ((Supplier<?>) command.root().userObject()).get();
    }

    /** The whole command line. */
    CommandLine root() {
        return spec.root().commandLine();
    }

    Screen screen() {
        return new Screen(surroundings(), json);
    }
}
