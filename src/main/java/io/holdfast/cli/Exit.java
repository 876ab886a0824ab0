package io.holdfast.cli;

/** How the process ends; docs/cli.md and {@code --help} tell the same. */
enum Exit {
    OK(0),
    /** The server says no, does not find it, or is not well; a check has found errors. */
    NO(1),
    /** The command line, the input or a file named in it is wrong; nothing was sent. */
    USAGE(2),
    /** Nobody answers, or not in time: whether anything was done is not known. */
    UNREACHABLE(3),
    /** No key or token, a wrong one, or one that does not suffice. */
    NOT_ALLOWED(4),
    /** A mistake in this program. */
    BUG(70),
    /** Ended by Ctrl-C or another signal before all was done. */
    INTERRUPTED(130);

    private final int code;

    Exit(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
