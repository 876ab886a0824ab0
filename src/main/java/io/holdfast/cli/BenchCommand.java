package io.holdfast.cli;

import io.holdfast.bench.Load;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code bench}: the load program with its own options. */
@Command(
        name = "bench",
        description = "Runs the load program: bench SCENARIO... [options]; without a scenario it prints its options.")
final class BenchCommand implements Callable<Integer> {
    @Unmatched
    private final List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        try {
            return Load.run(arguments.toArray(String[]::new));
        } catch (IllegalStateException e) { // how it says that a server or a client does not do as it should
            throw new Failure(
                    Exit.NO,
                    "bench",
                    String.valueOf(e.getMessage()),
                    "Look whether the server runs where the options say.");
        }
    }
}
