package io.holdfast.validate;

import java.util.ArrayList;
import java.util.List;

/** Collects what happens, for the checker. Any thread; what a thread records stays in its order. */
final class Recorder {
    private final List<Event> events = new ArrayList<>();

    synchronized void record(Event event) {
        events.add(event);
    }

    synchronized List<Event> history() {
        return List.copyOf(events);
    }
}
