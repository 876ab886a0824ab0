package io.holdfast.delivery.outbox;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.Opened;
import org.jspecify.annotations.Nullable;

/**
 * What the devices of one client fail on: their breakers, their suspects, and what a shared store has noted of both for the node
 * that a device connects to next. Guarded by the outbox's lock.
 */
final class DeviceFailures {
    private final String client;
    private final String stream;
    private final Breakers breakers;
    private final DeliveryClock clock;
    private final boolean shared;
    private final Unstored unstored;

    /**
     * @param shared whether other nodes have devices of the client, too
     * @param unstored gets notes that are to be stored
     */
    DeviceFailures(
            String client, String stream, Breakers breakers, DeliveryClock clock, boolean shared, Unstored unstored) {
        this.client = client;
        this.stream = stream;
        this.breakers = breakers;
        this.clock = clock;
        this.shared = shared;
        this.unstored = unstored;
    }

    /** A device connects. What another node has noted holds here too, unless this node has noted something since. */
    void connected(Device device, Opened opened) {
        if (shared && !unstored.notes(device.name)) {
            recall(device, opened);
        }
        device.breaker = breakers.connected(client, device.name, clock.nanos());
    }

    private void recall(Device device, Opened opened) {
        String noted = opened.devices().stream()
                .filter(each -> each.device().equals(device.name))
                .map(DeviceCursor::note)
                .findFirst()
                .orElse("");
        if (noted.isEmpty() || !noted.equals(device.note)) {
            device.note = noted;
            FailureNote note = FailureNote.read(noted);
            Moments now = Moments.now(clock);
            device.suspect().restore(note, now);
            breakers.restore(client, device.name, note, now);
        }
    }

    /** A new connection goes on behind a position. */
    void judge(Device device, long position) {
        device.suspect().judge(position);
        noteRecovery(device);
    }

    /** A delivery failed. */
    void failed(Device device) {
        device.breaker = breakers.failed(client, device.name, clock.nanos());
        note(device);
    }

    /** The device may be failing on a publication. */
    void suspect(Device device, long offset) {
        device.suspect().raise(offset, clock.nanos());
        note(device);
    }

    /** Looks at the clock. */
    void timePasses(Device device) {
        RecipientBreaker breaker = device.breaker;
        if (breaker != null) {
            breakers.timePasses(client, device.name, breaker, clock.nanos());
        }
    }

    /** Something was confirmed that was not before. */
    void succeeded(Device device) {
        RecipientBreaker breaker = device.breaker;
        if (breaker != null) {
            breakers.succeeded(client, device.name, breaker);
        }
    }

    /** Everything up to an offset was processed, or is gone. @return whether a suspect had been tried again in vain before */
    boolean passed(Device device, long offset) {
        boolean tried = device.suspect().passed(offset);
        noteRecovery(device);
        return tried;
    }

    /** The breaker of a device is closed, on whichever node it has opened. @param device null where it is not known here */
    void resetBreaker(DeviceCursor stored, @Nullable Device device) {
        if (device == null) {
            return;
        }
        FailureNote note = FailureNote.read(unstored.notes(device.name) ? device.note : stored.note());
        if (!note.breakerIsNew()) {
            store(device, note.withoutBreaker().written());
        }
    }

    /** Of a device that does not fail any more nothing is noted. */
    private void noteRecovery(Device device) {
        if (!device.note.isEmpty() && present(device).isNothing()) {
            note(device);
        }
    }

    private void note(Device device) {
        String note = present(device).written();
        if (shared && !note.equals(device.note)) {
            store(device, note);
        }
    }

    private FailureNote present(Device device) {
        return device.suspect().note(device.breaker, Moments.now(clock));
    }

    private void store(Device device, String note) {
        device.note = note;
        unstored.add(new Change.Note(stream, device.name, note, device.claim()));
    }
}
