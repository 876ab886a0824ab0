package io.holdfast.delivery.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Arrivals;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.stream.Publication;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What other nodes pass on, on its way to this node's channels. Stored publications wait for the hub, so that they are handed out
 * in one order with this node's own; the rest is handed out at once.
 *
 * <p><b>Failure.</b> What has no room is dropped, and the subscribers of its channel read it.
 */
final class ArrivalQueue implements Arrivals {
    static final long MOST_BYTES = 16 << 20;

    /** What an arrival takes beyond its payload, about. */
    private static final int OVERHEAD = 200;

    /** What has come since the hub came the last time. @param dropped the channels of what had no room */
    record Arrived(List<Arrival> arrivals, Set<String> dropped) {
        static final Arrived NOTHING = new Arrived(List.of(), Set.of());
    }

    private final Channels channels;
    private final Dispatcher dispatcher;
    private final Runnable wakeHub;
    private final Runnable compareHeads;

    @GuardedBy("this")
    private List<Arrival> waiting = new ArrayList<>();

    @GuardedBy("this")
    private Set<String> dropped = new HashSet<>();

    @GuardedBy("this")
    private long bytes;

    /** @param compareHeads has all channels compared with the store soon */
    ArrivalQueue(Channels channels, Dispatcher dispatcher, Runnable wakeHub, Runnable compareHeads) {
        this.channels = channels;
        this.dispatcher = dispatcher;
        this.wakeHub = wakeHub;
        this.compareHeads = compareHeads;
    }

    @Override
    public void stored(List<Arrival> arrivals) {
        boolean first = false;
        synchronized (this) {
            for (Arrival arrival : arrivals) {
                if (channels.find(arrival.stream()) != null) {
                    first |= waiting.isEmpty() && dropped.isEmpty();
                    add(arrival);
                }
            }
        }
        if (first) {
            wakeHub.run();
        }
    }

    @GuardedBy("this")
    private void add(Arrival arrival) {
        long size = arrival.publication().payload().length + OVERHEAD;
        if (bytes + size > MOST_BYTES) {
            dropped.add(arrival.stream());
        } else {
            bytes += size;
            waiting.add(arrival);
        }
    }

    /** Takes all that waits. */
    synchronized Arrived take() {
        if (waiting.isEmpty() && dropped.isEmpty()) {
            return Arrived.NOTHING;
        }
        Arrived arrived = new Arrived(waiting, dropped);
        waiting = new ArrayList<>();
        dropped = new HashSet<>();
        bytes = 0;
        return arrived;
    }

    @Override
    public void passedOn(String channel, Publication publication) {
        at(channel, (known, fanout) -> known.deliverNonCritical(publication, fanout));
    }

    @Override
    public void joined(String channel, Member member) {
        at(channel, (known, fanout) -> known.tell(Channel.MembershipChange.JOINED, member, fanout));
    }

    @Override
    public void left(String channel, Member member) {
        at(channel, (known, fanout) -> known.tell(Channel.MembershipChange.LEFT, member, fanout));
    }

    private void at(String channel, BiConsumer<Channel, Fanout> work) {
        Channel known = channels.find(channel);
        if (known != null) {
            Fanout fanout = dispatcher.fanout();
            work.accept(known, fanout);
            fanout.wake();
        }
    }

    @Override
    public void missed() {
        compareHeads.run();
    }
}
