package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The last pages that were read for the subscriptions to one channel: those that are at the same place share one read, however
 * many they are. At most four pages are kept, and none while nobody is behind.
 *
 * <p><b>Threads.</b> Readers ask, each for the subscription it works on; the first one at a place reads, and the others that
 * come to this place meanwhile wait for it, and go on together when it ends. Its lock comes after that of the channel; nothing is read under it.
 *
 * <p><b>Order.</b> No page that was begun before {@link #forget} is handed to anybody who asks after it.
 *
 * <p><b>Failure.</b> If a read fails, each of those that waited for it reads for itself, at the same time.
 */
final class SharedPages {
    private static final int MOST = 4;

    private final String channel;

    @GuardedBy("this")
    private final ArrayDeque<SharedPage> pages = new ArrayDeque<>(MOST);

    /** The reads that are under way. Each completes with its page, or with null if that is for its reader alone. */
    @GuardedBy("this")
    private final Map<Position, CompletableFuture<@Nullable SharedPage>> reading = new HashMap<>();

    /** How often all was forgotten. */
    @GuardedBy("this")
    private long forgotten;

    SharedPages(String channel) {
        this.channel = channel;
    }

    /** What was read may not be all that is stored. Whoever asks from now on gets a page that is read from now on. */
    synchronized void forget() {
        pages.clear();
        reading.clear();
        forgotten++;
    }

    /**
     * A page that begins at a position or earlier, and has what comes next. Only one without publications after the position
     * says that there are none.
     *
     * @param known offset of a publication that is known to be stored
     */
    SharedPage after(Position position, long known, Supplier<Page> read) {
        CompletableFuture<@Nullable SharedPage> mine = new CompletableFuture<>();
        CompletableFuture<@Nullable SharedPage> theirs;
        long begun;
        synchronized (this) {
            SharedPage found = find(position, known);
            if (found != null) {
                return found;
            }
            theirs = reading.putIfAbsent(position, mine);
            begun = forgotten;
        }
        if (theirs == null) {
            return read(position, begun, mine, read);
        }
        SharedPage shared = theirs.join();
        return shared != null && shared.serves(position, known)
                ? shared
                : new SharedPage(channel, position, read.get());
    }

    private SharedPage read(
            Position position, long begun, CompletableFuture<@Nullable SharedPage> mine, Supplier<Page> read) {
        SharedPage kept = null;
        try {
            SharedPage made = new SharedPage(channel, position, read.get());
            if (made.page().continuity() == Page.Continuity.CONTINUOUS) {
                keep(made, position, begun);
                kept = made;
            }
            return made;
        } finally {
            synchronized (this) {
                reading.remove(position, mine);
            }
            mine.complete(kept);
        }
    }

    private synchronized void keep(SharedPage made, Position position, long begun) {
        if (begun == forgotten) {
            pages.removeIf(page -> page.beginsAt(position));
            if (pages.size() == MOST) {
                pages.removeLast();
            }
            pages.addFirst(made);
        }
    }

    /** The newest first: it has the most. */
    @GuardedBy("this")
    private @Nullable SharedPage find(Position position, long known) {
        for (SharedPage page : pages) {
            if (page.serves(position, known)) {
                return page;
            }
        }
        return null;
    }
}
