package io.holdfast.cli;

import io.holdfast.bench.Load;
import io.holdfast.bench.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench SCENARIO...}: runs the load program. */
@Command(name = "bench", description = "Runs the load program.")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private final Options options = new Options();

    @Override
    public Integer call() {
        try {
            return (Load.run(options) ? Exit.OK : Exit.NO).code();
        } catch (IllegalArgumentException e) { // how it says that an option or a scenario is wrong
            throw Failure.usage(String.valueOf(e.getMessage()), "See: holdfast bench --help");
        } catch (IllegalStateException e) { // how it says that a server or a client does not do as it should
            throw new Failure(
                    Exit.NO,
                    "bench",
                    String.valueOf(e.getMessage()),
                    "Check that the server runs at the address in the options.");
        } catch (FileSystemException e) {
            throw Failure.usage("The file " + e.getFile() + " cannot be written", "Check its path and permissions.");
        } catch (IOException | UncheckedIOException e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "bench",
                    "The server cannot be reached, or has ended a connection",
                    "Check that the server runs at the address in the options.");
        }
    }
}
