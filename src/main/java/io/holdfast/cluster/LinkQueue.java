package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent over one link: frames, bounded in number and bytes, and channels of which the other node does not know yet
 * whether they have subscribers here. Never waits. Any thread.
 *
 * <p><i>Order.</i> Frames leave in the order in which they came. Where some were dropped, the other node is told so at that place.
 * A channel is told as it is when it is told: however often it changes meanwhile, it waits once, so what waits is bounded by the
 * channels that there are.
 */
final class LinkQueue {
    private final int maxFrames;
    private final int maxBytes;
    private final LongAdder dropped;

    /** The channels that have subscribers here. Changed by any thread at any time. */
    private final Set<String> subscribed;

    @GuardedBy("this")
    private final ArrayDeque<byte[]> frames = new ArrayDeque<>();

    /** The channels that there were when the link came up, as far as they have not been told. */
    @GuardedBy("this")
    private Iterator<String> initial = Collections.emptyIterator();

    /** Those that have changed since. */
    @GuardedBy("this")
    private final Set<String> untold = new LinkedHashSet<>();

    @GuardedBy("this")
    private boolean allTold = true;

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private boolean open;

    @GuardedBy("this")
    private boolean pingDue;

    /** @param dropped counts the frames for which there was no room */
    LinkQueue(int maxFrames, int maxBytes, LongAdder dropped, Set<String> subscribed) {
        this.maxFrames = maxFrames;
        this.maxBytes = maxBytes;
        this.dropped = dropped;
        this.subscribed = subscribed;
    }

    /** The link is up: the other node has missed what there was before, and learns of all channels. */
    synchronized void open() {
        close();
        open = true;
        frames.add(Frames.MISSED);
        initial = subscribed.iterator();
        allTold = false;
    }

    /** The link is not up: nothing is taken. */
    synchronized void close() {
        open = false;
        frames.clear();
        bytes = 0;
        untold.clear();
        initial = Collections.emptyIterator();
        allTold = true;
        pingDue = false;
    }

    /** @return whether it was taken */
    synchronized boolean add(byte[] frame) {
        if (!open) {
            return false;
        }
        if (frames.size() >= maxFrames || bytes + frame.length > maxBytes) {
            dropped.increment();
            return false;
        }
        bytes += frame.length;
        frames.add(frame);
        return true;
    }

    /** Adds a frame; if there is no room, the other node learns that it has missed something. */
    synchronized void addOrTell(byte[] frame) {
        if (!add(frame)) {
            missed();
        }
    }

    /** The other node is told at this place that it has missed something. */
    synchronized void missed() {
        if (open && frames.peekLast() != Frames.MISSED) {
            frames.add(Frames.MISSED); // beyond the bound, by one byte
        }
    }

    /** A channel has got its first subscriber here, or lost its last one. */
    synchronized void changed(String channel) {
        if (open) {
            untold.add(channel);
        }
    }

    synchronized void ping() {
        pingDue = open;
    }

    /** The frame that is to be sent next; null for none. */
    synchronized byte @Nullable [] next() {
        if (pingDue) {
            pingDue = false;
            return Frames.PING;
        }
        if (!allTold || !untold.isEmpty()) {
            return interests();
        }
        byte[] next = frames.poll();
        if (next != null && next != Frames.MISSED) {
            bytes -= next.length;
        }
        return next;
    }

    @GuardedBy("this")
    private byte[] interests() {
        FrameWriter entries = new FrameWriter(FrameKind.INTERESTS, 1 << 10);
        while (initial.hasNext() && entries.length() < Frames.BATCH_BYTES) {
            String channel = initial.next();
            tell(new Frames.Interest(channel, subscribed.contains(channel)), entries);
        }
        for (Iterator<String> left = untold.iterator();
                left.hasNext() && entries.length() < Frames.BATCH_BYTES;
                left.remove()) {
            String channel = left.next();
            tell(new Frames.Interest(channel, subscribed.contains(channel)), entries);
        }
        if (!allTold && !initial.hasNext()) {
            allTold = true;
            tell(Frames.Interest.ALL_TOLD, entries);
        }
        return entries.frame();
    }

    private static void tell(Frames.Interest interest, FrameWriter entries) {
        int begun = entries.begin();
        Frames.write(entries, interest);
        entries.end(begun);
    }
}
