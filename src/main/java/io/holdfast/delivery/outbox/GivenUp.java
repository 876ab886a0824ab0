package io.holdfast.delivery.outbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What devices of an outbox gave up: no confirmation of something later confirms it, only one by a device that had not passed
 * it. Confirmed, it stays known until that is stored. Guarded by the outbox's lock.
 */
final class GivenUp {

    private enum State {
        OPEN,
        CONFIRMED,
        STORING
    }

    private NavigableMap<Long, State> known = Collections.emptyNavigableMap();

    /** Begins anew with what the engine knows. */
    void begin(List<Long> offsets) {
        known = offsets.isEmpty() ? Collections.emptyNavigableMap() : new TreeMap<>();
        offsets.forEach(offset -> known.put(offset, State.OPEN));
    }

    boolean isEmpty() {
        return known.isEmpty();
    }

    void add(long offset) {
        known = known.isEmpty() ? new TreeMap<>() : known;
        known.putIfAbsent(offset, State.OPEN);
    }

    /** It has left unconfirmed. */
    void remove(long offset) {
        if (!known.isEmpty()) {
            known.remove(offset);
        }
    }

    /** Whether it was given up, and nobody has confirmed it. */
    boolean open(long offset) {
        return !known.isEmpty() && known.get(offset) == State.OPEN;
    }

    /** Whether it is known here: open, or its confirmation is not stored. */
    boolean contains(long offset) {
        return known.containsKey(offset);
    }

    /** The lowest open one above an offset; 0 if there is none. */
    long firstOpenAbove(long offset) {
        for (Map.Entry<Long, State> entry : known.tailMap(offset, false).entrySet()) {
            if (entry.getValue() == State.OPEN) {
                return entry.getKey();
            }
        }
        return 0;
    }

    /** A device's cursor has moved by a confirmation. @return what that confirms */
    List<Long> confirm(long before, long upTo) {
        List<Long> confirmed = new ArrayList<>(0);
        for (Map.Entry<Long, State> entry :
                known.subMap(before, false, upTo, true).entrySet()) {
            if (entry.getValue() == State.OPEN) {
                entry.setValue(State.CONFIRMED);
                confirmed.add(entry.getKey());
            }
        }
        return confirmed;
    }

    /** All confirmations are about to be stored. */
    void storing() {
        if (!known.isEmpty()) {
            known.replaceAll((offset, state) -> state == State.OPEN ? State.OPEN : State.STORING);
        }
    }

    void stored() {
        known.values().removeIf(state -> state == State.STORING);
    }
}
