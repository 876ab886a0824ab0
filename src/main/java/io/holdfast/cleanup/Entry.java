package io.holdfast.cleanup;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One line of the journal: what happened, with its fields and the resources it is about. */
record Entry(Type type, Map<String, String> fields, List<Map<String, String>> items) {

    enum Type {
        /** A cycle begins. */
        BEGIN,
        /** It enters a stage. */
        STAGE,
        /** What it will do, and where the next one begins to look: nothing is done before this is on the disk. */
        PLAN,
        /** One resource of it is done. */
        DONE,
        /** What holds from now on: soft deletions, what is gone, what failed. One line, so that it holds as a whole. */
        COMMIT,
        /** The cycle is over, with its audit. */
        END,
        /** Soft deletions were taken back by somebody. */
        RESTORE,
        HOLD,
        RELEASE,
        /** The first line of a journal that was written anew: the numbers given so far. */
        NUMBERS,
        /** Parts of a journal that was written anew. */
        SOFT_DELETED,
        FAILURES,
        HOLDS,
        AUDITS,
        CYCLES
    }

    Fields read() {
        return new Fields(fields);
    }

    List<Fields> readItems() {
        return items.stream().map(Fields::new).toList();
    }

    /** Fields by name; one that is absent or of another shape is an {@link IllegalArgumentException}. */
    record Fields(Map<String, String> values) {
        String text(String name) {
            String value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException("the field " + name + " is missing");
            }
            return value;
        }

        long number(String name) {
            return Long.parseLong(text(name));
        }

        <E extends Enum<E>> E choice(String name, Class<E> type) {
            return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
        }
    }
}
