package io.holdfast.delivery.outbox;

import io.holdfast.stream.Change;
import io.holdfast.stream.Claim;
import java.util.ArrayList;
import java.util.List;

/**
 * What an outbox has changed and the engine does not have yet, beside the cursors of its devices: in this order, and before what
 * devices confirmed since. Guarded by the outbox's lock.
 */
final class Unstored {
    private final List<Change> pending = new ArrayList<>(0);

    /** Of those that are about to be stored: refused, since the device was claimed here once more meanwhile. */
    private final List<Change> renewed = new ArrayList<>(0);

    /** This many of the pending, from the first on, are about to be stored. */
    private int storing;

    void add(Change change) {
        pending.add(change);
    }

    /** Whether a note of a device is on its way. */
    boolean notes(String device) {
        return pending.stream()
                .anyMatch(change ->
                        change instanceof Change.Note note && note.device().equals(device));
    }

    /** Adds all but notes. */
    void collect(List<Change> changes) {
        storing = pending.size();
        pending.stream().filter(change -> !(change instanceof Change.Note)).forEach(changes::add);
    }

    /** Adds the notes of what was collected. */
    void collectNotes(List<Change> changes) {
        pending.subList(0, storing).stream()
                .filter(Change.Note.class::isInstance)
                .forEach(changes::add);
    }

    /** This node has claimed a device, perhaps once more. What is about to be stored has the claim before. */
    void claimed(String device, Claim claim) {
        pending.subList(storing, pending.size()).replaceAll(change -> change.claimed(device, claim));
    }

    /** The engine has refused what was about to be stored for a device; it comes again with the present claim. */
    void renew(String device, Claim claim) {
        for (Change change : pending.subList(0, storing)) {
            Change again = change.claimed(device, claim);
            if (again != change) {
                renewed.add(again);
            }
        }
    }

    void stored() {
        pending.subList(0, storing).clear();
        pending.addAll(0, renewed);
        renewed.clear();
        storing = 0;
    }

    /** What was collected must be collected again. */
    void failed() {
        storing = 0;
    }

    void clear() {
        pending.clear();
        storing = 0;
    }
}
