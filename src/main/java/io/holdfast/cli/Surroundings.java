package io.holdfast.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a command has around it, so that tests can put something else there.
 *
 * @param in what {@code -} reads
 * @param out results and nothing else
 * @param err errors, notices, progress
 * @param terminal whether somebody looks on: only then is there progress, and only then is nothing read unasked
 */
record Surroundings(
        Map<String, String> environment, InputStream in, PrintStream out, PrintStream err, boolean terminal) {

    /** Those of the process. UTF-8 whatever the locale: what is printed is JSON, or names that were sent in UTF-8. */
    static Surroundings ofProcess() {
        return new Surroundings(
                System.getenv(),
                System.in,
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.console() != null);
    }

    /** Empty counts as not set, as in most scripts. */
    String environment(String name) {
        return environment.getOrDefault(name, "");
    }
}
