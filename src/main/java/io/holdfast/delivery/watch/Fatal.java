package io.holdfast.delivery.watch;

import org.jspecify.annotations.Nullable;

/** Errors after which this process cannot be trusted any more: its memory is used up, or the virtual machine is broken. */
public final class Fatal {
    private static final int DEEPEST = 20;

    private Fatal() {}

    /** Throws it again where it is one, or was caused by one. To be called wherever an Error is caught, after cleaning up. */
    public static void rethrow(Throwable thrown) {
        VirtualMachineError fatal = in(thrown);
        if (fatal != null) {
            throw fatal;
        }
    }

    static boolean is(Throwable thrown) {
        return in(thrown) != null;
    }

    private static @Nullable VirtualMachineError in(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < DEEPEST; i++) {
            if (cause instanceof VirtualMachineError fatal && !(cause instanceof StackOverflowError)) {
                return fatal;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
