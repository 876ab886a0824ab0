package io.holdfast.cli;

import java.util.function.IntSupplier;

/** What a command still does at Ctrl-C, or at another signal that ends the process, until this is closed. */
final class OnInterrupt {
    private final Thread hook;

    /** @param end runs on a thread of its own; returns the exit code, with which the process then ends at once */
    OnInterrupt(IntSupplier end) {
        hook = new Thread(() -> Runtime.getRuntime().halt(end.getAsInt()), "interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Does not return if the process ends already: nothing more is to be printed then. */
    void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            hook.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
