package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.outbox.Quarantine;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Stores what outboxes have changed, such as cursors. Where the engine fails, they are tried again; where only one outbox is at
 * fault, it is put aside, and all others continue.
 *
 * <p>Threads: the committer's.
 */
final class OutboxWriter {
    private static final Logger LOG = Logger.getLogger(OutboxWriter.class.getName());

    /** Changes of one write: messages wait meanwhile. */
    private static final int CHANGES_AT_ONCE = 2_000;

    /** The way to the engine. */
    interface Store {
        /** @throws EngineException if that failed or took too long */
        void write(List<Change> changes);

        /** Whether the engine has left its last write without an answer. */
        boolean isSilent();

        /** Another round is wanted. */
        void wake();
    }

    private final Outboxes outboxes;
    private final Store store;
    private final Quarantine<Outbox> unreadable;

    /** Outboxes that could not be stored in this round since the engine fails. */
    private final List<Outbox> failing = new ArrayList<>();

    /** Whether there were such ones in the round before. */
    private volatile boolean engineFailed;

    OutboxWriter(Outboxes outboxes, DeliveryClock clock, Store store) {
        this.outboxes = outboxes;
        this.store = store;
        this.unreadable = new Quarantine<>(clock);
    }

    /** How many outboxes were put aside. Any thread. */
    int unreadable() {
        return unreadable.size();
    }

    /** Stores what outboxes have changed; what is too much for one write waits for the next round. */
    void apply() {
        unreadable.due().forEach(outboxes::again);
        List<Change> changes = new ArrayList<>();
        List<Outbox> collected = new ArrayList<>();
        while (changes.size() < CHANGES_AT_ONCE && failing.isEmpty()) {
            Outbox outbox = outboxes.pollChanged();
            if (outbox == null) {
                break;
            }
            if (collect(outbox, changes)) {
                collected.add(outbox);
            }
        }
        try {
            apply(changes, collected);
            if (outboxes.hasChanged() && failing.isEmpty()) {
                store.wake();
            }
        } catch (RuntimeException | Error e) {
            collected.forEach(Outbox::collectAgain);
            if (collected.size() > 1 && ofOneOutbox(e)) {
                collected.forEach(outbox -> applyAlone(outbox, e));
            } else {
                collected.forEach(outbox -> failed(outbox, e));
            }
            Fatal.rethrow(e);
        } finally {
            engineFailed = !failing.isEmpty();
            failing.forEach(outboxes::changed); // without a wake: the ticker's comes within a second
            failing.clear();
        }
    }

    private void apply(List<Change> changes, List<Outbox> collected) {
        if (!changes.isEmpty()) {
            store.write(changes);
        }
        for (Outbox outbox : collected) {
            outbox.stored();
            unreadable.release(outbox);
        }
    }

    /** @param before why it could not be stored with the others */
    private void applyAlone(Outbox outbox, Throwable before) {
        List<Change> changes = new ArrayList<>();
        if (store.isSilent()) {
            failing.add(outbox);
        } else if (collect(outbox, changes)) {
            try {
                apply(changes, List.of(outbox));
            } catch (RuntimeException | Error e) {
                outbox.collectAgain();
                failed(outbox, e);
            }
        }
    }

    /** @return false if it cannot be read */
    private boolean collect(Outbox outbox, List<Change> changes) {
        int before = changes.size();
        try {
            outbox.collect(changes);
            return true;
        } catch (RuntimeException | Error e) {
            changes.subList(before, changes.size()).clear();
            outbox.collectAgain();
            failed(outbox, e);
            return false;
        }
    }

    /** Tries it again: in the next round, or later where only this outbox is at fault. */
    private void failed(Outbox outbox, Throwable e) {
        if (!ofOneOutbox(e)) {
            if (failing.isEmpty() && !engineFailed) {
                LOG.log(Level.WARNING, "Cursors could not be stored; they are kept, and it is tried every second", e);
            }
            failing.add(outbox);
            return;
        }
        outbox.mark(); // it stays in memory, and nobody puts it on the list
        if (unreadable.add(outbox)) {
            LOG.log(
                    Level.SEVERE,
                    "The outbox of client " + outbox.client()
                            + " cannot be read or written. Its cursors are kept in memory"
                            + " and tried again; all other outboxes continue",
                    e);
        }
    }

    /** Whether the others may be fine: a record is corrupt, or code met what it did not expect. */
    private static boolean ofOneOutbox(Throwable e) {
        return !(e instanceof EngineException failure) || failure.reason() == EngineException.Reason.CORRUPT;
    }
}
