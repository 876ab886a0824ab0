package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Removed;
import io.holdfast.stream.StreamEngine.Expired;
import io.holdfast.stream.StreamEngine.Holding;
import io.holdfast.stream.StreamStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Processes the expiry family up to a given time: removes expired publications, forgets ids, and forgets streams that were
 * empty and unused for long. Each entry is removed. If a stream must be checked again, a new entry with a later time is added.
 */
final class ExpirySweep {

    /** Connections that are behind are looked at again no sooner. */
    private static final long HANDED_AGAIN_MILLIS = 1_000;

    private final Changes changes;
    private final Store store;
    private final StoreBatch out;
    private final long nowMillis;
    private final Holding holding;
    private final List<Removed> removed = new ArrayList<>();
    private @Nullable StreamState lastStream;

    ExpirySweep(Changes changes, long nowMillis, Holding holding) {
        this.changes = changes;
        this.store = changes.store;
        this.out = changes.batch;
        this.nowMillis = nowMillis;
        this.holding = holding;
    }

    Expired run(int max) {
        int looked = 0;
        boolean exhausted;
        long reached = store.expiryFromMillis();
        byte[] from = Layout.key(Math.max(0, reached));
        try (Store.Range entries = store.range(Family.EXPIRY, from, Layout.key(nowMillis + 1))) {
            while (looked < max && entries.isValid()) {
                byte[] key = entries.key();
                looked += 1 + look(key, entries.value());
                reached = Layout.longAt(key, 0);
                entries.next();
            }
            exhausted = !entries.isValid() && out.earliestExpiryMillis() > nowMillis;
        }
        store.expiryFromMillis(reached);
        changes.write(false);
        return new Expired(removed, exhausted);
    }

    /** @return how many publications it trimmed */
    private int look(byte[] key, byte[] value) {
        long number = Layout.longAt(key, 8);
        long offset = Layout.longAt(key, 16);
        out.removeExpiry(key, value[0]);
        if (value[0] == Layout.LOOK_AT_STREAM) {
            lookAtStream(number);
            return 0;
        }
        if (value[0] == Layout.LOOK_AT_CONFIRMED && offset == Layout.GIVEN_UP) {
            return lookAtGivenUp(number);
        }
        if (value[0] == Layout.LOOK_AT_CONFIRMED) {
            return lookAtConfirmed(number, Layout.longAt(value, 1), offset == Layout.CONFIRMED);
        }
        byte[] id = new byte[value.length - 1];
        System.arraycopy(value, 1, id, 0, id.length);
        boolean retained = store.get(Family.MESSAGES, Layout.key(number, offset)) != null;
        if (value[0] == Layout.EXPIRE && retained) {
            expire(number, offset, id);
        } else if (value[0] == Layout.EXPIRE) {
            forgetLater(number, offset, id);
        } else if (retained) {
            out.putExpiry(nowMillis + retentionMillis(), number, offset, Layout.FORGET, id);
        } else {
            forget(number, offset, id);
        }
        return 0;
    }

    private void expire(long number, long offset, byte[] id) {
        StreamState stream = stream(number);
        if (stream == null || stream.sizes.at(offset) == 0) {
            forgetLater(number, offset, id); // this sweep has taken it out
            return;
        }
        Layout.IdRecord known = store.id(number, id);
        if (!stream.confirmed(offset)) {
            end(stream, offset, id, known, FinalState.EXPIRED);
        }
        changes.removeMessage(stream, offset);
        if (known != null && known.offset() == offset) {
            putForget(number, offset, id, known, nowMillis);
        }
    }

    private void end(StreamState stream, long offset, byte[] id, Layout.@Nullable IdRecord known, FinalState state) {
        removed.add(new Removed(stream.name(), offset, Layout.text(id, 0, id.length), state));
        changes.end(stream, id, known, offset, state, nowMillis);
    }

    /** It left before its time: confirmed at an unknown moment, or ended at a known one. */
    private void forgetLater(long number, long offset, byte[] id) {
        Layout.IdRecord known = store.id(number, id);
        if (known != null && known.offset() == offset) {
            putForget(number, offset, id, known, known.state() == null ? nowMillis : known.finalAtMillis());
        }
    }

    private void forget(long number, long offset, byte[] id) {
        Layout.IdRecord known = store.id(number, id);
        if (known == null || known.offset() != offset) {
            return;
        }
        if (dueMillis(known, known.finalAtMillis()) > nowMillis) {
            putForget(number, offset, id, known, known.finalAtMillis());
        } else {
            out.removeId(number, id);
        }
    }

    private void putForget(long number, long offset, byte[] id, Layout.IdRecord known, long endedAtMillis) {
        long due = Math.max(nowMillis + 1, dueMillis(known, endedAtMillis));
        out.putExpiry(due, number, offset, Layout.FORGET, id);
    }

    private long dueMillis(Layout.IdRecord known, long endedAtMillis) {
        return Math.max(endedAtMillis + retentionMillis(), known.publishedAtMillis() + store.windowMillis() + 1);
    }

    private long retentionMillis() {
        return Math.max(1, store.options().stateRetention().toMillis());
    }

    private void lookAtStream(long number) {
        StreamState stream = stream(number);
        if (stream == null) {
            return;
        }
        long lastUse = stream.usedMillis;
        for (DeviceCursor cursor : stream.nextDevices) {
            lastUse = Math.max(lastUse, cursor.seenAtMillis());
        }
        long due = lastUse + store.options().emptyStreamRetention().toMillis();
        if (stream.sizes.messages() > 0 || due > nowMillis) {
            long again = nowMillis + store.options().emptyStreamRetention().toMillis();
            changes.lookAgain(stream, Math.max(nowMillis + 1, stream.sizes.messages() > 0 ? again : due));
            return;
        }
        changes.forget(stream);
    }

    /**
     * Trims, and notes the next look where something that is confirmed stays. Where a device holds it back that is when the
     * device is given up, unless it comes: then its confirmation notes one.
     *
     * @param released whether this look was noted for a device that did not come
     * @return how many it trimmed
     */
    private int lookAtConfirmed(long number, long upTo, boolean released) {
        StreamState stream = stream(number);
        if (stream == null) {
            return 0;
        }
        OutboxRetention kept = store.options().outboxes();
        long settled = stream.settledUpTo(kept, nowMillis);
        long over = Math.min(upTo, settled);
        long handed = over < stream.sizes.first() ? Long.MAX_VALUE : holding.handedUpTo(stream.name());
        int trimmed = changes.trim(stream, Math.min(over, handed));
        boolean last = released || upTo >= stream.looksUpTo;
        if (stream.sizes.messages() == 0 || stream.sizes.first() > stream.confirmedUpTo) {
            return trimmed;
        }
        if (handed < over || (last && upTo < stream.confirmedUpTo)) {
            changes.lookAtConfirmed(stream, nowMillis + Math.max(HANDED_AGAIN_MILLIS, kept.windowMillis()));
        } else if (settled < upTo) {
            long release = kept.nextReleaseMillis(upTo, stream.nextDevices, nowMillis);
            if (release < Long.MAX_VALUE) { // otherwise what was given up holds it back, and notes a look when it goes
                out.putLookAtConfirmed(release, stream.number(), 0, upTo);
            }
        }
        return trimmed;
    }

    /**
     * Ends what devices gave up and no other may get, and notes the next look for the rest.
     *
     * @return how many it took out
     */
    private int lookAtGivenUp(long number) {
        StreamState stream = stream(number);
        if (stream == null) {
            return 0;
        }
        OutboxRetention kept = store.options().outboxes();
        List<Long> before = stream.givenUp;
        long next = Long.MAX_VALUE;
        for (long offset : before) {
            long until = kept.wantedUntilMillis(offset, stream.nextDevices);
            boolean tooMany = stream.givenUp.size() > StreamStatus.MAX_GIVEN_UP;
            if (until > nowMillis && !tooMany) {
                next = Math.min(next, until);
            } else if (holding.wanted(stream.name(), offset) && !tooMany) {
                next = Math.min(next, nowMillis + HANDED_AGAIN_MILLIS);
            } else {
                end(stream, offset);
            }
        }
        if (next < Long.MAX_VALUE) {
            changes.lookAtGivenUp(stream, next);
        }
        return before.size() - stream.givenUp.size();
    }

    /** What has expired by now is left to its own entry. */
    private void end(StreamState stream, long offset) {
        byte[] message = store.get(Family.MESSAGES, Layout.key(stream.number(), offset));
        if (message == null) {
            throw store.failures().corrupt("a retained message is missing", null);
        }
        if (Layout.expiresAtMillis(message) > nowMillis) {
            byte[] id = Layout.utf8(Layout.messageId(message));
            end(stream, offset, id, store.id(stream.number(), id), FinalState.DEAD);
            changes.removeMessage(stream, offset);
        }
    }

    /** Null where the stream was forgotten before. */
    private @Nullable StreamState stream(long number) {
        if (lastStream == null || lastStream.number() != number) {
            byte[] meta = store.get(Family.META, Layout.metaKey(number));
            lastStream = meta == null ? null : changes.touch(Layout.meta(meta).name());
        }
        return lastStream;
    }
}
