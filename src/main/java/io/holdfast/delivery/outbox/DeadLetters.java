package io.holdfast.delivery.outbox;

import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.PoisonSettings;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.stream.Append;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The list of messages that were given up, kept as a stream of the engine whose name no publisher can write.
 *
 * <p>Threads: {@link #move} is the committer's; the rest any. A letter is stored before its outbox moves on, so a crash
 * between leaves the message where it was.
 */
public final class DeadLetters {
    public static final String STREAM = "\0dead-letters";

    private static final Logger LOG = Logger.getLogger(DeadLetters.class.getName());
    private static final Retention RETENTION = new Retention(10_000, 64L << 20, Retention.Overflow.DROP_OLDEST);
    private static final int PAGE_BYTES = 8 << 20;
    private static final long DEDUPLICATE_MILLIS = 86_400_000;

    /** Tags of ours stand beside the publisher's, which have no control characters. */
    private static final String CLIENT = "\0client";

    private static final String DEVICE = "\0device";
    private static final String ID = "\0id";
    private static final String OFFSET = "\0offset";
    private static final String ATTEMPTS = "\0attempts";
    private static final String PUBLISHED = "\0published";

    /** The way to the engine, while letters are moved. */
    public interface Letters {
        /** Returns when the letter is stored. */
        void store(Append letter);
    }

    /** What is to be given up. */
    private record Hopeless(Outbox outbox, String device, Position position, int attempts) {}

    private final StreamEngine engine;
    private final DeliveryClock clock;
    private final Counters counters;
    private final PoisonSettings settings;
    private final Outboxes outboxes;
    private final ConcurrentLinkedQueue<Hopeless> waiting = new ConcurrentLinkedQueue<>();
    private final Quarantine<Hopeless> unreadable;

    public DeadLetters(
            StreamEngine engine, DeliveryClock clock, Counters counters, PoisonSettings settings, Outboxes outboxes) {
        this.engine = engine;
        this.clock = clock;
        this.counters = counters;
        this.settings = settings;
        this.outboxes = outboxes;
        this.unreadable = new Quarantine<>(clock);
    }

    /** A device does not survive a message: at the committer's next round it is given up. */
    public void giveUp(Outbox outbox, String device, Position position, int attempts) {
        waiting.add(new Hopeless(outbox, device, position, attempts));
    }

    /**
     * Moves what is to be given up into the list. What cannot be stored now waits for the next round.
     *
     * @param letters stores what is moved
     * @return whether there was any: the engine may find that a message is dead
     */
    public boolean move(Letters letters) {
        waiting.addAll(unreadable.due());
        boolean any = !waiting.isEmpty();
        for (Hopeless hopeless = waiting.peek(); hopeless != null; hopeless = waiting.peek()) {
            try {
                move(hopeless, letters);
                unreadable.release(hopeless);
            } catch (RuntimeException e) {
                if (!(e instanceof EngineException failure) || failure.reason() != EngineException.Reason.CORRUPT) {
                    LOG.log(Level.WARNING, "A dead letter could not be stored; the next attempt follows", e);
                    return any;
                }
                if (unreadable.add(hopeless)) {
                    LOG.log(
                            Level.SEVERE,
                            "A message for client " + hopeless.outbox().client() + " that is to be given up cannot be"
                                    + " read. It is tried again; all other dead letters continue",
                            e);
                }
            }
            waiting.remove();
        }
        return any;
    }

    private void move(Hopeless hopeless, Letters letters) {
        Outbox outbox = hopeless.outbox();
        Position position = hopeless.position();
        if (!outbox.wants(hopeless.device(), position.epoch(), position.offset())) {
            return; // it has confirmed it since, or gave it up already
        }
        Publication dead = read(outbox.stream(), position.epoch(), position.offset());
        boolean there = dead != null && !dead.expired(clock.millis());
        if (dead != null && there) {
            letters.store(letter(hopeless, dead));
        }
        List<Line> wider = outbox.giveUp(hopeless.device(), position.epoch(), position.offset(), dead != null);
        counters.retryFailures.increment();
        if (there) {
            LOG.log(
                    Level.WARNING,
                    "A message was given up for a device after {0} attempts and lies in the dead-letter list",
                    hopeless.attempts());
        }
        outboxes.changed(outbox);
        wider.forEach(Line::readOn);
    }

    private Append letter(Hopeless hopeless, Publication dead) {
        Position position = hopeless.position();
        Map<String, String> tags = new HashMap<>(dead.tags());
        tags.put(CLIENT, hopeless.outbox().client());
        tags.put(DEVICE, hopeless.device());
        tags.put(ID, dead.id());
        tags.put(OFFSET, Long.toString(dead.offset()));
        tags.put(ATTEMPTS, Integer.toString(hopeless.attempts()));
        tags.put(PUBLISHED, Long.toString(dead.publishedAtMillis()));
        long now = clock.millis();
        String id = String.join(
                "\0", hopeless.outbox().client(), hopeless.device(), position.epoch(), Long.toString(dead.offset()));
        return new Append(
                STREAM,
                id,
                dead.payload(),
                tags,
                now,
                now + settings.keep().toMillis(),
                now - DEDUPLICATE_MILLIS,
                RETENTION);
    }

    /**
     * Letters in the order in which they were given up.
     *
     * @param client only this one's; null for all
     * @param after number behind which to begin; 0 for the first
     */
    public List<DeadLetter> list(@Nullable String client, long after, int max) {
        List<DeadLetter> letters = new ArrayList<>();
        String epoch = engine.info(STREAM).top().epoch();
        long from = after;
        boolean more = true;
        while (more && letters.size() < max) {
            Page page = engine.read(STREAM, new Position(epoch, from), max, PAGE_BYTES);
            for (Publication publication : page.publications()) {
                from = publication.offset();
                DeadLetter letter = letter(publication);
                boolean wanted = client == null || letter.client().equals(client);
                if (wanted && letters.size() < max && !publication.expired(clock.millis())) {
                    letters.add(letter);
                }
            }
            more = page.more() && !page.publications().isEmpty();
        }
        return letters;
    }

    public Optional<DeadLetter> find(long number) {
        Publication found = read(STREAM, engine.info(STREAM).top().epoch(), number);
        return Optional.ofNullable(found).map(DeadLetters::letter);
    }

    /** How many to be given up were put aside. */
    public int unreadable() {
        return unreadable.size();
    }

    int size() {
        return engine.info(STREAM).messages();
    }

    private @Nullable Publication read(String stream, String epoch, long offset) {
        if (offset < 1) {
            return null;
        }
        List<Publication> found = engine.read(stream, new Position(epoch, offset - 1), 1, PAGE_BYTES)
                .publications();
        return found.isEmpty() || found.get(0).offset() != offset ? null : found.get(0);
    }

    private static DeadLetter letter(Publication stored) {
        Map<String, String> tags = new HashMap<>(stored.tags());
        return new DeadLetter(
                stored.offset(),
                take(tags, CLIENT),
                take(tags, DEVICE),
                take(tags, ID),
                Long.parseLong(take(tags, OFFSET)),
                Integer.parseInt(take(tags, ATTEMPTS)),
                stored.publishedAtMillis(),
                Long.parseLong(take(tags, PUBLISHED)),
                stored.payload(),
                Map.copyOf(tags));
    }

    private static String take(Map<String, String> tags, String name) {
        String value = tags.remove(name);
        if (value == null) {
            throw new IllegalStateException("a dead letter without " + name.substring(1));
        }
        return value;
    }
}
