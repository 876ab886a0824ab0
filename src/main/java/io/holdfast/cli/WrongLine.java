package io.holdfast.cli;

import io.holdfast.configuration.NearestKey;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, and what was probably meant; in words, not in types of Java. */
final class WrongLine {
    private final CommandLine command;
    private final String name;

    private WrongLine(CommandLine command) {
        this.command = command;
        this.name = command.getCommandSpec().qualifiedName();
    }

    /** Has numbers that are not numbers be told as such. */
    static void tellNumbers(CommandLine line) {
        ITypeConverter<Long> longs = text -> {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is not a whole number");
            }
        };
        ITypeConverter<Integer> integers = text -> {
            long number = longs.convert(text);
            if (number != (int) number) {
                throw new TypeConversionException("'" + text + "' is too large");
            }
            return (int) number;
        };
        line.registerConverter(Long.class, longs).registerConverter(long.class, longs);
        line.registerConverter(Integer.class, integers).registerConverter(int.class, integers);
    }

    static Failure failure(ParameterException wrong) {
        WrongLine line = new WrongLine(wrong.getCommandLine());
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            return line.unmatched(unmatched.getUnmatched().get(0));
        }
        List<String> also = wrong.getCommandLine().getUnmatchedArguments();
        if (!also.isEmpty() && also.get(0).startsWith("-")) {
            return line.unknownOption(also.get(0)); // picocli tells what is missing first
        } else if (line.lacksCommand()) {
            return line.incomplete();
        }
        return Failure.usage(String.valueOf(wrong.getMessage()).replaceFirst("\\.$", ""), line.help());
    }

    private String help() {
        return "See: " + name + " --help";
    }

    /** Whether it only groups others and was called without one. */
    private boolean lacksCommand() {
        return !command.getSubcommands().isEmpty() && !(command.getCommand() instanceof Callable);
    }

    private Failure incomplete() {
        String all = commands().collect(Collectors.joining(", "));
        return Failure.usage("A command is missing after: " + name, "Use one of these: " + all + ". " + help());
    }

    private Failure unmatched(String argument) {
        if (argument.startsWith("-")) {
            return unknownOption(argument.replaceFirst("=.*", ""));
        } else if (lacksCommand()) {
            return Failure.usage(
                    "There is no command '" + argument + "' of " + name,
                    meant(argument, commands().toList()) + help());
        }
        String advice = command.getSubcommands().isEmpty()
                ? "If it belongs to the argument before it, put quotes around both. "
                : meant(argument, commands().toList());
        return Failure.usage("'" + argument + "' is one argument too many for " + name, advice + help());
    }

    private Failure unknownOption(String option) {
        String message = name + " has no option " + option;
        boolean isOfCommands = command.getSubcommands().values().stream()
                .anyMatch(each -> each.getCommandSpec().findOption(option) != null);
        if (isOfCommands) {
            return Failure.usage(message, "Put it behind the command: " + name + " COMMAND " + option + ". " + help());
        }
        String meant = meant(option, options());
        boolean isArgument = meant.isEmpty()
                && !command.getCommandSpec().positionalParameters().isEmpty();
        return Failure.usage(
                message,
                (isArgument ? "Put an argument that begins with a minus after two of them: -- " + option + ". " : meant)
                        + help());
    }

    private Stream<String> commands() {
        return command.getSubcommands().values().stream()
                .map(each -> each.getCommandSpec())
                .filter(spec -> !spec.usageMessage().hidden())
                .map(spec -> spec.name())
                .distinct();
    }

    private List<String> options() {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Stream.of(option.names()))
                .toList();
    }

    /** {@code "Did you mean …? "}, or nothing. */
    private static String meant(String given, Collection<String> known) {
        int letters = given.replaceFirst("^-+", "").length();
        List<String> meant = known.stream()
                .filter(each -> letters > 2 && each.startsWith(given))
                .toList();
        if (meant.isEmpty()) {
            Map<Integer, List<String>> byDistance =
                    known.stream().collect(Collectors.groupingBy(each -> NearestKey.distance(given, each)));
            int nearest = Collections.min(byDistance.keySet());
            meant = nearest <= (letters < 3 ? 1 : Math.max(2, letters / 3))
                    ? byDistance.getOrDefault(nearest, List.of())
                    : meant;
        }
        return meant.isEmpty() ? "" : "Did you mean " + String.join(" or ", meant) + "? ";
    }
}
