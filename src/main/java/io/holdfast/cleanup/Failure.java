package io.holdfast.cleanup;

/**
 * A resource that could not be cleaned, in cleanup's dead-letter list: ignored until a cycle with {@code retry_failed}.
 *
 * @param detail why not
 * @param cycle in which cycle
 */
public record Failure(
        String kind, String id, String owner, Action action, String detail, long cycle, long failedAtMillis) {

    Key key() {
        return new Key(kind, id);
    }

    static Failure of(Item item, long cycle, long atMillis) {
        return new Failure(item.kind(), item.id(), item.owner(), item.action(), item.detail(), cycle, atMillis);
    }
}
