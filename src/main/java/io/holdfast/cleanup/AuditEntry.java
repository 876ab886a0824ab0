package io.holdfast.cleanup;

import java.util.Locale;

/**
 * An entry of the audit: the actor, the action, the resource, the time, the reason and the result.
 *
 * @param number rises by 1; names it
 * @param by {@code schedule}, {@code start} (for a cycle that a crash had cut off), or the caller
 * @param cycle in which cycle; 0 for none
 * @param kind of the resource; {@code cycle} for an entry about the cycle as a whole
 * @param action what was meant: {@code soft_delete}, {@code delete}, {@code restore}, {@code hold}, {@code release}, {@code run}
 * @param result what became of it
 */
public record AuditEntry(
        long number,
        long doneAtMillis,
        String by,
        long cycle,
        String kind,
        String id,
        String action,
        String why,
        String result) {

    static AuditEntry of(long number, long atMillis, String by, long cycle, Item item) {
        String result = word(item.outcome()) + (item.detail().isEmpty() ? "" : ": " + item.detail());
        return new AuditEntry(
                number, atMillis, by, cycle, item.kind(), item.id(), word(item.action()), item.why(), result);
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
