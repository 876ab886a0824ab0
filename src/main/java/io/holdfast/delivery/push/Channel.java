package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.WireFormat;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of this node to one channel, and what the hub has handed them.
 *
 * <p><b>State.</b> A subscription is <i>live</i> (the hub appends to its send buffer) or <i>behind</i> (it reads the
 * stream). It goes live under this channel's lock, once it has read at least as far as the hub has delivered, so nothing
 * falls between.
 *
 * <p><b>Order.</b> The hub delivers in the order of commits. A publication that is not the next one of a live
 * subscription means that one was stored without passing the hub (its commit timed out), one of another epoch that the
 * stream has begun anew: the subscription falls behind and reads, and learns what is the matter.
 */
public final class Channel {
    /** What subscribers are told of one another. */
    public enum MembershipChange {
        JOINED,
        LEFT
    }

    private final String name;
    private final boolean outbox;

    @GuardedBy("this")
    private final SubscriptionList live = new SubscriptionList();

    @GuardedBy("this")
    private final SubscriptionList behind = new SubscriptionList();

    /** How many of them want to be told of others. */
    @GuardedBy("this")
    private int listeners;

    /** Null while no subscription has a filter. */
    @GuardedBy("this")
    private @Nullable TagFilters filters;

    /** Null while no subscription has delta compression. */
    @GuardedBy("this")
    private @Nullable Deltas deltas;

    @GuardedBy("this")
    private long delivered;

    /** The epoch of what is delivered, as far as is known; null before the first. */
    @GuardedBy("this")
    private @Nullable String epoch;

    /** Changed where the map of channels computes this one's entry. */
    private final AtomicInteger references = new AtomicInteger();

    private final SharedPages pages;

    Channel(String name) {
        this.name = name;
        this.outbox = Names.isOutbox(name);
        this.pages = new SharedPages(name);
    }

    public String name() {
        return name;
    }

    boolean outbox() {
        return outbox;
    }

    void retain() {
        references.incrementAndGet();
    }

    boolean release() {
        return references.decrementAndGet() == 0;
    }

    /** Adds a subscription that has yet to read or to go live. */
    synchronized void add(Subscription subscription) {
        behind.add(subscription);
        Predicate<Map<String, String>> filter = subscription.options().filter();
        if (filter != null) {
            TagFilters known = filters == null ? new TagFilters() : filters;
            filters = known;
            subscription.filter(known.add(filter));
        }
        if (subscription.options().deltas()) {
            deltas = deltas == null ? new Deltas() : deltas;
            deltas.add();
        }
        listeners += subscription.options().told() ? 1 : 0;
    }

    synchronized void remove(Subscription subscription) {
        if (live.remove(subscription) || removeBehind(subscription)) {
            listeners -= subscription.options().told() ? 1 : 0;
            TagFilters.Shared filter = subscription.filter();
            if (filter != null && filters != null) {
                filters.remove(filter);
                filters = filters.isEmpty() ? null : filters;
            }
            if (subscription.options().deltas() && deltas != null && deltas.remove()) {
                deltas = null;
            }
        }
    }

    /**
     * Goes live with the top that was read when the subscription was made. If the stream has begun anew since, it must read.
     *
     * @return as {@link #goLive}
     */
    synchronized boolean startLive(Subscription subscription, Fanout fanout) {
        return (epoch == null || subscription.epoch().equals(epoch))
                && goLive(subscription, subscription.top(), fanout);
    }

    /**
     * @param top of the stream, as the subscription has just found it
     * @return false if the hub has delivered beyond what the subscription has read, it is of another epoch, or it was
     *     removed meanwhile
     */
    synchronized boolean goLive(Subscription subscription, Position top, Fanout fanout) {
        if (!top.epoch().equals(epoch)) {
            begin(top, fanout);
        }
        if (subscription.limited()
                || subscription.hasToRead()
                || subscription.handedUpTo() < delivered
                || !subscription.epoch().equals(epoch)
                || !removeBehind(subscription)) {
            return false;
        }
        live.add(subscription);
        subscription.live(true);
        return true;
    }

    @GuardedBy("this")
    private boolean removeBehind(Subscription subscription) {
        boolean removed = behind.remove(subscription);
        if (behind.isEmpty()) {
            pages.forget();
        }
        return removed;
    }

    /** A page of what a subscription has yet to read, shared with those that are at the same place. */
    SharedPage page(Subscription subscription, Supplier<Page> read) {
        return pages.after(
                subscription.position(),
                Math.max(delivered(), subscription.top().offset()),
                read);
    }

    private synchronized long delivered() {
        return delivered;
    }

    /** Hands a stored publication to those who are live; the others will read it. */
    public synchronized void deliver(Position position, Publication publication, Fanout fanout) {
        if (!position.epoch().equals(epoch)) {
            begin(position, fanout);
        }
        long offset = publication.offset();
        delivered = Math.max(delivered, offset);
        Deltas.Step step = deltas == null ? null : deltas.next(publication);
        if (!live.isEmpty()) {
            nextOfFilters();
            Outgoing.Cache encoded = new Outgoing.Cache(name, publication, outbox, step);
            for (int i = 0; i < live.size(); i++) {
                Subscription subscription = live.get(i);
                long handed = subscription.handedUpTo();
                if (offset == handed + 1) {
                    if (!passes(subscription, publication)) {
                        subscription.skipTo(offset);
                        continue;
                    }
                    Outgoing piece = piece(encoded, subscription); // before it counts as handed
                    if (piece == null) {
                        fanout.unfit(subscription.connection());
                        continue;
                    }
                    subscription.hand(piece, offset);
                    subscription.given(offset, step != null && step.remembered());
                    fanout.add(subscription.connection(), piece);
                } else if (offset > handed) {
                    live.remove(subscription); // another takes its place
                    i--;
                    fallBehind(subscription, fanout);
                }
            }
        }
        wakeParked(fanout);
    }

    /** Null if the subscription's format cannot carry the payload. */
    private static @Nullable Outgoing piece(Outgoing.Cache encoded, Subscription subscription) {
        return subscription.options().deltas()
                ? encoded.compressed(subscription.format(), subscription.rememberedOffset())
                : encoded.piece(subscription.format());
    }

    @GuardedBy("this")
    private void nextOfFilters() {
        if (filters != null) {
            filters.next();
        }
    }

    /** Asks nothing of a channel without filters. */
    @GuardedBy("this")
    private boolean passes(Subscription subscription, Publication publication) {
        if (filters == null) {
            return true;
        }
        TagFilters.Shared filter = subscription.filter();
        return filter == null || filter.passes(publication);
    }

    /** Whether a live subscription has yet to be handed a publication of the same epoch that comes before this position. */
    public synchronized boolean misses(Position position) {
        if (!position.epoch().equals(epoch) || position.offset() <= delivered + 1) {
            return false; // those who are live have what was delivered
        }
        for (int i = 0; i < live.size(); i++) {
            if (live.get(i).handedUpTo() < position.offset() - 1) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody who does not read has yet to be handed what the store has. @param head newest position in the store */
    public synchronized boolean isBehind(Position head) {
        for (Subscription subscription : live.each()) {
            if (subscription.lacks(head)) {
                return true;
            }
        }
        for (Subscription subscription : behind.each()) {
            if (subscription.parked() && subscription.lacks(head)) {
                return true;
            }
        }
        return false;
    }

    /** Makes those read for whom {@link #isBehind} holds. */
    public synchronized void catchUp(Position head, Fanout fanout) {
        pages.forget();
        for (int i = live.size() - 1; i >= 0; i--) {
            Subscription subscription = live.get(i);
            if (subscription.lacks(head)) {
                live.remove(subscription); // one that was looked at already takes its place
                fallBehind(subscription, fanout);
            }
        }
        for (Subscription subscription : behind.each()) {
            if (subscription.parked() && subscription.lacks(head)) {
                subscription.wakeReader(fanout);
            }
        }
    }

    /** Makes everybody read: something may have been stored without passing the hub. */
    public synchronized void fallBehind(Fanout fanout) {
        pages.forget();
        behind.each().forEach(Subscription::mustRead);
        for (Subscription subscription : live.each()) {
            fallBehind(subscription, fanout);
        }
        live.clear();
        wakeParked(fanout);
    }

    /** Hands a non-critical message to those who are ready for it. @return to how many */
    public synchronized int deliverNonCritical(Publication publication, Fanout fanout) {
        Outgoing.Cache encoded = new Outgoing.Cache(name, publication, false, null);
        int handed = 0;
        nextOfFilters();
        for (Subscription subscription : live.each()) {
            if (!passes(subscription, publication)) {
                continue;
            }
            Outgoing piece = piece(encoded, subscription);
            if (piece == null) {
                fanout.unfit(subscription.connection());
            } else if (fanout.addIfReady(subscription.connection(), piece)) {
                subscription.given(0, false);
                handed++;
            }
        }
        fanout.skipped(behind.size());
        return handed;
    }

    /**
     * Tells those who want to know that somebody has come or gone. Who is behind, or has a send buffer that is over half full,
     * is not told, and counted: no crowd that comes and goes may close a connection as slow.
     */
    public synchronized void tell(MembershipChange change, Member member, Fanout fanout) {
        if (listeners == 0) {
            return;
        }
        Map<WireFormat, Outgoing> encoded = new IdentityHashMap<>(2);
        for (Subscription subscription : live.each()) {
            if (subscription.options().told() && subscription.started()) {
                fanout.addMembershipChange(
                        subscription.connection(),
                        encoded.computeIfAbsent(subscription.format(), format -> encode(change, member, format)));
            }
        }
        fanout.membershipChangesSkipped(
                behind.count(subscription -> subscription.options().told() && subscription.started()));
    }

    private Outgoing encode(MembershipChange change, Member member, WireFormat format) {
        return Outgoing.reply(
                change == MembershipChange.JOINED ? format.joined(name, member) : format.left(name, member));
    }

    /** Those whose subscribe reply is queued, or just being queued, as others see them. */
    public synchronized List<Member> members() {
        List<Member> members = new ArrayList<>(size());
        addMembers(live, members);
        addMembers(behind, members);
        return members;
    }

    private static void addMembers(SubscriptionList from, List<Member> members) {
        for (Subscription subscription : from.each()) {
            if (subscription.present()) {
                members.add(subscription.member());
            }
        }
    }

    synchronized int size() {
        return live.size() + behind.size();
    }

    @GuardedBy("this")
    private void begin(Position top, Fanout fanout) {
        epoch = top.epoch();
        delivered = top.offset();
        pages.forget();
        if (deltas != null) {
            deltas.forget();
        }
        for (int i = live.size() - 1; i >= 0; i--) {
            Subscription subscription = live.get(i);
            if (!subscription.epoch().equals(epoch)) {
                live.remove(subscription); // one that was looked at already takes its place
                fallBehind(subscription, fanout);
            }
        }
    }

    @GuardedBy("this")
    private void fallBehind(Subscription subscription, Fanout fanout) {
        subscription.live(false);
        behind.add(subscription);
        subscription.wakeReader(fanout);
    }

    @GuardedBy("this")
    private void wakeParked(Fanout fanout) {
        for (Subscription subscription : behind.each()) {
            if (subscription.parked()) {
                subscription.wakeReader(fanout);
            }
        }
    }
}
