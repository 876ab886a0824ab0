package io.holdfast.stream.rocksdb;

import org.jspecify.annotations.Nullable;

/**
 * Moves back times that a wrong clock has stored too far ahead: expiry, ids, and when records are to be forgotten. Everything
 * that was published after {@code latest} moves by the same span, so that a message is kept for as long as it was meant to be;
 * what was published before it by a right clock stays. The time inside a stored message stays too: the sweep does not read it.
 *
 * <p>Order: entries in batches, the newest time with the last one. Interrupted, it is done again: what has moved already is
 * not later than {@code latest} any more.
 */
final class TimesAhead {
    private static final int AT_ONCE = 1_000;

    private final Store store;
    private final long latestMillis;
    private final long spanMillis;
    private StoreBatch out;
    private int moved;

    TimesAhead(Store store, long latestMillis) {
        this.store = store;
        this.latestMillis = latestMillis;
        this.spanMillis = store.newestMillis() - latestMillis;
        this.out = store.nextBatch();
    }

    boolean bringBack() {
        try (Store.Range entries = store.range(Family.EXPIRY, Layout.key(latestMillis + 1), Layout.key(-1))) {
            for (; entries.isValid(); entries.next()) {
                look(entries.key(), entries.value());
                if (moved >= AT_ONCE) {
                    write();
                }
            }
        }
        out.put(Family.STORE, StoreState.NEWEST, Layout.key(latestMillis));
        write();
        store.broughtBackTo(latestMillis);
        return true;
    }

    private void write() {
        store.write(out, true);
        out = store.nextBatch();
        moved = 0;
    }

    private void look(byte[] key, byte[] value) {
        long time = Layout.longAt(key, 0);
        long number = Layout.longAt(key, 8);
        long offset = Layout.longAt(key, 16);
        byte[] id = new byte[value.length - 1];
        System.arraycopy(value, 1, id, 0, id.length);
        boolean ofMessage = value[0] == Layout.EXPIRE || value[0] == Layout.FORGET;
        Layout.IdRecord known = ofMessage ? store.id(number, id) : null;
        long due = due(time, value[0], ofMessage ? published(number, offset, known) : 0);
        if (due < time) {
            out.removeExpiry(key, value[0]);
            out.putExpiry(due, number, offset, value[0], id);
            moved++;
        }
        if (known != null && known.offset() == offset && isAhead(known)) {
            out.putId(number, id, broughtBack(known));
            moved++;
        }
    }

    private long due(long time, byte what, long published) {
        if (what == Layout.LOOK_AT_STREAM) {
            return Math.min(
                    time, latestMillis + store.options().emptyStreamRetention().toMillis());
        }
        if (what == Layout.LOOK_AT_CONFIRMED) {
            return Math.min(time, latestMillis + store.options().outboxes().windowMillis());
        }
        if (published > latestMillis) {
            return time - spanMillis;
        }
        long longest = Math.max(store.options().stateRetention().toMillis(), store.windowMillis());
        return what == Layout.FORGET ? Math.min(time, latestMillis + longest) : time;
    }

    /** 0 where nothing is known of it. */
    private long published(long number, long offset, Layout.@Nullable IdRecord known) {
        if (known != null && known.offset() == offset) {
            return known.publishedAtMillis();
        }
        byte[] message = store.get(Family.MESSAGES, Layout.key(number, offset));
        return message == null ? 0 : Layout.longAt(message, 4);
    }

    private boolean isAhead(Layout.IdRecord known) {
        return known.publishedAtMillis() > latestMillis || known.finalAtMillis() > latestMillis;
    }

    private Layout.IdRecord broughtBack(Layout.IdRecord known) {
        return new Layout.IdRecord(
                known.offset(),
                broughtBack(known.publishedAtMillis()),
                known.checksum(),
                known.state(),
                broughtBack(known.finalAtMillis()));
    }

    private long broughtBack(long millis) {
        return millis > latestMillis ? millis - spanMillis : millis;
    }
}
