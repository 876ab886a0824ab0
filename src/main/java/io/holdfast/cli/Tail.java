package io.holdfast.cli;

import io.holdfast.cli.Incoming.Publication;
import io.holdfast.client.Trust;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Follows a channel over connection after connection: what comes is printed once, in order, and what was lost in between
 * is said.
 *
 * <p><b>Failure.</b> The first connection must succeed; later ones are tried for ever, half a second to twenty apart, with
 * jitter. What another attempt cannot mend ends it.
 */
final class Tail {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LAST_PAUSE = Duration.ofSeconds(20);

    private final Wish wish;
    private final Screen screen;
    private final Place place = new Place();
    private long shown;
    private boolean unread;

    /**
     * @param token of the client; empty in insecure mode
     * @param client names itself so in insecure mode
     * @param subscriptionToken empty for none
     * @param count ends after so many; 0 for never
     * @param last so many of those before; 0 for none
     */
    record Wish(
            URI server,
            String channel,
            String token,
            String client,
            String subscriptionToken,
            long count,
            int last,
            Duration limit,
            Trust trust) {}

    /** Up to where publications were shown. */
    static final class Place {
        String epoch = "";
        long offset;
        boolean known;

        /** Whether the earlier publications were shown, or none are wanted. */
        boolean pastShown;
    }

    Tail(Wish wish, Screen screen) {
        this.wish = wish;
        this.screen = screen;
        place.pastShown = wish.last() == 0;
    }

    /** Returns when enough has come, or nobody reads. */
    void run() throws InterruptedException {
        boolean ever = false;
        int failures = 0;
        while (true) {
            String why;
            try (Socket socket = Socket.open(wish.server(), wish.limit(), wish.trust())) {
                TailSession session = new TailSession(wish, place, socket, screen, this::show);
                why = session.follow();
                if (session.isLive()) {
                    ever = true;
                    failures = 0;
                }
            } catch (Failure e) {
                // 404 is what a server answers whose application has not started yet.
                if (!ever || !(e.mayPass() || e.code().equals("http_404"))) {
                    throw e;
                }
                why = e.message();
            }
            if (isDone()) {
                return;
            }
            Duration pause = pause(failures++);
            screen.note(why + "; trying again in " + pause.toMillis() / 1_000.0 + " s");
            Thread.sleep(pause.toMillis());
        }
    }

    private boolean isDone() {
        return unread || (wish.count() > 0 && shown >= wish.count());
    }

    /** @return whether to go on */
    private boolean show(String json) {
        try {
            Publication publication = Publication.read(json);
            if (publication.offset() > 0 && publication.offset() <= place.offset) {
                return !isDone();
            }
            place.offset = Math.max(place.offset, publication.offset());
            String line = screen.isJson()
                    ? json
                    : (publication.offset() == 0 ? "-" : publication.offset()) + "  " + publication.data();
            unread = !screen.print(line);
            shown++;
        } catch (IOException e) {
            screen.note("An unreadable publication was skipped");
        }
        return !isDone();
    }

    private static Duration pause(int failures) {
        long most = Math.min(LAST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures, 10));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }
}
