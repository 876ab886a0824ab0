package io.holdfast.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code java -jar holdfast-cli.jar}: parses the command line and ends with the exit code of the command. */
@Command(
        name = "holdfast",
        description = "Sees to a Holdfast gateway, sends through it, and checks it.",
        mixinStandardHelpOptions = true,
        versionProvider = HoldfastCli.Version.class,
        subcommands = {BenchCommand.class, CommandLine.HelpCommand.class})
public final class HoldfastCli {
    private HoldfastCli() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new HoldfastCli()).execute(arguments));
    }

    /** What {@code --version} prints, from the jar's manifest. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = HoldfastCli.class.getPackage().getImplementationVersion();
            return new String[] {"holdfast " + (version == null ? "(not packaged)" : version)};
        }
    }
}
