package io.holdfast.cli;

import io.holdfast.bench.Options;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code java -jar holdfast-cli.jar}: parses the command line and ends with the exit code of the command. */
@Command(
        name = "holdfast",
        description = "Operates and checks a Holdfast gateway, and sends messages through it.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = HoldfastCli.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes%n",
        exitCodeList = {
            "0:done",
            "1:the server refuses the request, does not find the object, or is not healthy; or a check has found errors",
            "2:the command line or the input is wrong; nothing was sent",
            "3:the server cannot be reached, or does not answer in time",
            "4:not allowed: there is no key or token, a wrong one, or one with insufficient rights",
            "70:a bug in this program",
            "130:ended by Ctrl-C or another signal before everything was sent"
        },
        subcommands = {
            StatusCommand.class,
            WatchCommand.class,
            HealthCommand.class,
            ClientsCommand.class,
            ClientCommand.class,
            SendCommand.class,
            PublishCommand.class,
            TailCommand.class,
            MessageCommand.class,
            DeadLettersCommand.class,
            BreakersCommand.class,
            DisconnectCommand.class,
            RevokeCommand.class,
            RevocationsCommand.class,
            NodesCommand.class,
            NodesCommand.Drain.class,
            CleanupCommand.class,
            BackupCommand.class,
            ContextsCommand.class,
            TokenCommand.class,
            ConfigCommand.class,
            SchemaCommand.class,
            CompletionCommand.class,
            BenchCommand.class,
            ValidateCommand.class,
            CommandLine.HelpCommand.class
        })
public final class HoldfastCli implements Supplier<Surroundings> {
    /** What Java puts where it cannot decode; the name with it would be another client's. */
    private static final char UNDECODED = '\ufffd';

    private static final String DEBUG = "--debug";

    private final Surroundings surroundings;

    @Option(names = DEBUG, scope = ScopeType.INHERIT, hidden = true)
    private boolean debug;

    private HoldfastCli(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public static void main(String[] arguments) {
        System.exit(run(Surroundings.ofProcess(), arguments));
    }

    /** @return the exit code */
    static int run(Surroundings surroundings, String... arguments) {
        Screen screen = new Screen(surroundings, Arrays.asList(arguments).contains(Output.JSON));
        if (Arrays.stream(arguments).anyMatch(argument -> argument.indexOf(UNDECODED) >= 0)) {
            screen.failure(Failure.usage(
                    "An argument has characters that Java cannot read in this locale",
                    "Set LC_ALL=C.UTF-8, or another locale with UTF-8."));
            return Exit.USAGE.code();
        }
        HoldfastCli cli = new HoldfastCli(surroundings);
        CommandLine line = new CommandLine(cli);
        line.setExpandAtFiles(false); // @bob is a client, not a file with arguments
        Options.readBy(Objects.requireNonNull(line.getSubcommands().get("bench")));
        line.setOut(new PrintWriter(surroundings.out(), true));
        line.setErr(new PrintWriter(surroundings.err(), true));
        WrongLine.tellNumbers(line);
        line.setParameterExceptionHandler((wrong, all) -> {
            screen.failure(WrongLine.failure(wrong));
            return Exit.USAGE.code();
        });
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (cli.debug) {
                thrown.printStackTrace(surroundings.err());
            }
            return failed(screen, thrown);
        });
        int exit = line.execute(arguments);
        surroundings.out().flush();
        return exit;
    }

    private static int failed(Screen screen, Exception thrown) {
        Failure failure = thrown instanceof Failure known
                ? known
                : new Failure(
                        Exit.BUG,
                        "internal",
                        "This program has a bug",
                        "Please report it with the command line, without keys and tokens, and with what the same command"
                                + " prints with " + DEBUG + ".");
        screen.failure(failure);
        return failure.exit().code();
    }

    @Override
    public Surroundings get() {
        return surroundings;
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
