package io.holdfast.it;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * What some tests need of the machine that they run on. Without it they are skipped; but where the property {@code
 * holdfast.required} says that the machine has everything, they fail, so that no such test goes unnoticed for good.
 */
final class Machine {
    private static final boolean HAS_EVERYTHING = Boolean.getBoolean("holdfast.required");

    private Machine() {}

    /** @param what is missing if it is not there, and how to get it */
    static void needs(boolean there, String what) {
        if (!there) {
            lacks(what);
        }
    }

    static void lacks(String what) {
        if (HAS_EVERYTHING) {
            fail(what + " (and -Dholdfast.required=true says that this machine has everything)");
        }
        abort(what);
    }
}
