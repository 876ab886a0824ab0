package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The shell commands among the options. Nobody reads what they print. */
final class Shell {
    private Shell() {}

    static Process start(String command) {
        try {
            return new ProcessBuilder("sh", "-c", command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the process has ended. @return its exit code */
    static int end(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
