package io.holdfast.validate;

/**
 * What came of a scenario.
 *
 * @param detail why it failed or was skipped; of one that passed, figures, or nothing
 */
public record Outcome(Kind kind, String detail) {
    public enum Kind {
        PASSED,
        FAILED,
        SKIPPED
    }

    static Outcome passed(String figures) {
        return new Outcome(Kind.PASSED, figures);
    }

    static Outcome failed(String reason) {
        return new Outcome(Kind.FAILED, reason);
    }

    static Outcome skipped(String why) {
        return new Outcome(Kind.SKIPPED, why);
    }
}
