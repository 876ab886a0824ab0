package io.holdfast.validate;

import io.holdfast.validate.Event.Accepted;
import io.holdfast.validate.Event.Joined;
import io.holdfast.validate.Event.Left;
import io.holdfast.validate.Event.Received;
import io.holdfast.validate.Event.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what a gateway promised with what came. Reads a whole history, once, in its order; one thread.
 *
 * <p>Accepted events count as one publisher's, each accepted after the answer to the one before: whoever publishes one
 * channel from several threads records the receipts in the order of their offsets.
 */
final class Checker {
    private static final int EXAMPLES = 5;
    private static final Set<String> GIVEN_UP = Set.of("expired", "dropped", "dead");

    private record Message(String channel, String id) {}

    private record Place(String epoch, long offset) {}

    /** One channel as one device saw it. */
    private static final class Seen {
        private final String device;
        private final String channel;
        private final Place start;
        private final Set<String> ids = new HashSet<>();
        private final Map<String, Long> highest = new HashMap<>();
        private final List<Place> losses = new ArrayList<>();

        Seen(Joined first) {
            this.device = first.device();
            this.channel = first.channel();
            this.start = new Place(first.epoch(), first.offset());
        }

        boolean misses(Message message, Place place) {
            boolean wanted = !place.epoch().equals(start.epoch()) || place.offset() > start.offset();
            return message.channel().equals(channel) && wanted && !ids.contains(message.id());
        }

        boolean isPast(Place place) {
            return highest.getOrDefault(place.epoch(), 0L) > place.offset();
        }

        /** Whether the server has said that something is lost where this lies. */
        boolean wasTold(Place place) {
            return losses.stream()
                    .anyMatch(loss -> !loss.epoch().equals(place.epoch()) || loss.offset() >= place.offset());
        }
    }

    /** One channel as one SDK instance saw it. */
    private static final class Life {
        private final Seen seen;
        private final Set<String> acknowledgedBefore;
        private final Set<String> ids = new HashSet<>();
        private final Set<Place> places = new HashSet<>();
        private final Map<String, Long> highest = new HashMap<>();

        Life(Seen seen, Set<String> acknowledgedBefore) {
            this.seen = seen;
            this.acknowledgedBefore = acknowledgedBefore;
        }
    }

    private final Map<Message, Place> accepted = new LinkedHashMap<>();
    private final Map<String, Place> lastAccepted = new HashMap<>();
    private final Map<Message, String> states = new HashMap<>();
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    private final Map<String, Life> lives = new HashMap<>();
    private final List<String> examples = new ArrayList<>();
    private int lost;
    private int doubled;
    private int reordered;
    private int unsignalled;

    private Checker() {}

    static Verdict check(List<Event> history) {
        Checker checker = new Checker();
        // Receipts and states come on other connections than publications: their order among one another says nothing.
        for (Event event : history) {
            if (event instanceof Accepted receipt) {
                checker.accepted(receipt);
            }
        }
        for (Event event : history) {
            if (event instanceof Joined joined) {
                checker.joined(joined);
            } else if (event instanceof Received received) {
                checker.received(received);
            } else if (event instanceof Left left) {
                checker.seen.values().removeIf(view -> view.device.equals(left.device()));
            } else if (event instanceof Told told) {
                checker.states.put(new Message(told.channel(), told.id()), told.state());
            } else if (!(event instanceof Accepted)) {
                throw new IllegalArgumentException("an unknown event: " + event);
            }
        }
        checker.missing();
        return new Verdict(
                checker.lost, checker.doubled, checker.reordered, checker.unsignalled, List.copyOf(checker.examples));
    }

    private void accepted(Accepted receipt) {
        Message message = new Message(receipt.channel(), receipt.id());
        Place place = new Place(receipt.epoch(), receipt.offset());
        Place first = accepted.putIfAbsent(message, place);
        if (first != null) {
            if (!first.equals(place)) {
                doubled++;
                example(message.id() + " was stored at " + first.offset() + " and again at " + place.offset());
            }
            return;
        }
        if (receipt.duplicate()) {
            return; // of a publish whose answer never came
        }
        Place before = lastAccepted.put(receipt.channel(), place);
        if (before != null && before.epoch().equals(place.epoch()) && before.offset() >= place.offset()) {
            reordered++;
            example(message.id() + " was stored at " + place.offset() + " after " + before.offset());
        }
    }

    private void joined(Joined joined) {
        Seen view = seen.computeIfAbsent(key(joined.device(), joined.channel()), key -> new Seen(joined));
        lives.computeIfAbsent(key(joined.instance(), joined.channel()), key -> new Life(view, confirmedBy(view)));
        if (joined.presented() && !joined.recovered()) {
            view.losses.add(new Place(joined.epoch(), joined.offset()));
        }
    }

    /** What this device must have confirmed: of several, nobody can tell which one it was. */
    private Set<String> confirmedBy(Seen view) {
        String channel = view.channel;
        if (seen.values().stream().anyMatch(other -> other != view && other.channel.equals(channel))) {
            return Set.of();
        }
        Set<String> ids = new HashSet<>();
        states.forEach((message, state) -> {
            if (message.channel().equals(channel) && state.equals("acknowledged")) {
                ids.add(message.id());
            }
        });
        return ids;
    }

    private void received(Received received) {
        Life life = lives.get(key(received.instance(), received.channel()));
        if (life == null) {
            throw new IllegalArgumentException(received + " came before its connection had joined the channel");
        }
        Place place = new Place(received.epoch(), received.offset());
        boolean again = !life.ids.add(received.id()) | !life.places.add(place);
        if (again || life.acknowledgedBefore.contains(received.id())) {
            doubled++;
            example(received.instance() + " got " + received.id() + " again, at " + place.offset());
        } else if (life.highest.getOrDefault(place.epoch(), 0L) > place.offset() || isElsewhere(received, place)) {
            reordered++;
            example(received.instance() + " got " + received.id() + " at " + place.offset() + ", out of order");
        }
        life.highest.merge(place.epoch(), place.offset(), Math::max);
        life.seen.highest.merge(place.epoch(), place.offset(), Math::max);
        life.seen.ids.add(received.id());
    }

    private boolean isElsewhere(Received received, Place place) {
        Place stored = accepted.get(new Message(received.channel(), received.id()));
        return stored != null && !stored.equals(place);
    }

    private void missing() {
        for (Seen view : seen.values()) {
            accepted.forEach((message, place) -> {
                if (view.misses(message, place) && !view.wasTold(place)) {
                    missing(view, message, place, states.getOrDefault(message, ""));
                }
            });
        }
    }

    private void missing(Seen view, Message message, Place place, String state) {
        if (!GIVEN_UP.contains(state)) {
            lost++;
            example(view.device + " never got " + message.id() + " of offset " + place.offset());
            if (view.isPast(place)) {
                unsignalled++;
            }
        } else if (state.equals("dropped") && view.isPast(place)) {
            // Expired and dead ones leave holes (docs/protocol.md); what gave way to newer ones must be told.
            unsignalled++;
            example(view.device + " was not told that " + message.id() + " was dropped");
        }
    }

    private static String key(String who, String channel) {
        return who + "\n" + channel;
    }

    private void example(String sentence) {
        if (examples.size() < EXAMPLES) {
            examples.add(sentence);
        }
    }
}
