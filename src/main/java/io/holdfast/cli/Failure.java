package io.holdfast.cli;

import java.util.regex.Pattern;

/** A command cannot do what it should: what happened, and what to do about it. Holds no secret. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Pattern PASSING =
            Pattern.compile("http_(429|5..)|100|111|unavailable|overloaded|draining|outcome_unknown");

    private final Exit exit;
    private final String code;
    private final String advice;

    /**
     * @param code for scripts, in snake case; the server's where it gave one
     * @param message what happened, without a full stop at the end
     * @param advice what to do, a sentence
     */
    Failure(Exit exit, String code, String message, String advice) {
        super(message, null, false, false);
        this.exit = exit;
        this.code = code;
        this.advice = advice;
    }

    static Failure usage(String message, String advice) {
        return new Failure(Exit.USAGE, "usage", message, advice);
    }

    /** Whether the same may succeed a little later. */
    boolean mayPass() {
        return exit == Exit.UNREACHABLE || PASSING.matcher(code).matches();
    }

    Exit exit() {
        return exit;
    }

    String code() {
        return code;
    }

    String advice() {
        return advice;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
