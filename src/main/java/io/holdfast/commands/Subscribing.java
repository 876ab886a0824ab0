package io.holdfast.commands;

import io.holdfast.access.AccessDeniedException;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.ChannelAccess;
import io.holdfast.access.Identity;
import io.holdfast.access.Namespace;
import io.holdfast.access.SubscribeGrant;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.SubscriptionHandle;
import io.holdfast.delivery.WallClock;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import io.holdfast.handlers.calls.CallKind;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.InvalidFieldException;
import io.holdfast.protocol.RecoveryRequest;
import io.holdfast.protocol.SubRefreshRequest;
import io.holdfast.protocol.SubRefreshResult;
import io.holdfast.protocol.SubscribeRequest;
import io.holdfast.protocol.SubscribeResult;
import io.holdfast.protocol.TagFilter;
import io.holdfast.protocol.UnsubscribeRequest;
import io.holdfast.protocol.UnsubscribeResult;
import io.holdfast.stream.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client's subscriptions to ordinary channels. Recovery follows the reply as pushes. */
final class Subscribing {
    private static final Ending REVOKED = new Ending(2000, "token revoked");
    /** The only delta compression that clients can ask for. */
    private static final String FOSSIL = "fossil";

    private static final int EXPIRED = 2501;

    private final RegisteredConnection connection;
    private final Answers answers;
    private final ResilientWebSocketManager manager;
    private final AccessPolicy access;
    private final int maxChannels;
    private final Duration expiryGrace;
    private final WallClock wall;
    private final Consultation consultation;
    /** The client as its newest token says. */
    private final Supplier<Identity> present;

    private volatile boolean explicitAcks;

    Subscribing(
            RegisteredConnection connection,
            Answers answers,
            ResilientWebSocketManager manager,
            AccessPolicy access,
            CommandSettings settings,
            WallClock wall,
            Consultation consultation,
            Supplier<Identity> present) {
        this.connection = connection;
        this.answers = answers;
        this.manager = manager;
        this.access = access;
        this.maxChannels = settings.maxChannels();
        this.expiryGrace = settings.expiryGrace();
        this.wall = wall;
        this.consultation = consultation;
        this.present = present;
    }

    void subscribe(int id, Identity who, @Nullable String device, SubscribeRequest subscribe) {
        String channel = subscribe.channel();
        if (!Names.isChannel(channel)) {
            answers.error(id, ErrorCode.BAD_REQUEST);
            return;
        }
        if (subscribe.type() != 0) {
            answers.error(id, ErrorCode.NOT_AVAILABLE);
            return;
        }
        try {
            SubscribeGrant grant = access.maySubscribe(who, channel, subscribe.token(), wall.now());
            Handler<SubscribeDecision> handler = consultation.subscribeHandler(channel);
            switch (grant.access()) {
                case ALLOWED -> ask(id, who, device, subscribe, grant, handler);
                case NEEDS_TOKEN -> {
                    if (handler == null) {
                        answers.error(id, ErrorCode.PERMISSION_DENIED);
                    } else {
                        ask(id, who, device, subscribe, grant, handler);
                    }
                }
                case DENIED -> answers.error(id, ErrorCode.PERMISSION_DENIED);
                case UNKNOWN -> answers.error(id, ErrorCode.UNKNOWN_CHANNEL);
                case OWN_OUTBOX -> ownOutbox(id, who, device, subscribe);
            }
        } catch (AccessDeniedException e) {
            answers.error(id, Failures.errorCode(e));
        }
    }

    /** For a client that has said in its connect command that it wants no outbox, and asks for it as for any channel. */
    private void ownOutbox(int id, Identity who, @Nullable String device, SubscribeRequest subscribe) {
        String outbox = subscribe.channel();
        if (connection.subscribed(outbox)) {
            answers.error(id, ErrorCode.ALREADY_SUBSCRIBED);
        } else if (subscribe.filter() != null) {
            answers.error(id, ErrorCode.BAD_REQUEST);
        } else if (subscribe.rejectsUnrecovered()) {
            answers.error(id, ErrorCode.NOT_AVAILABLE); // when the loss is known, the outbox has been opened
        } else {
            RecoveryRequest wanted = new RecoveryRequest(subscribe.recover(), subscribe.epoch(), subscribe.offset());
            connection.start(outbox, answers.encoded(id, openOutbox(who, device, wanted)));
        }
    }

    /** Whether only acks confirm what the client gets from its outbox. Said before it is opened. */
    void confirmedByAcks(boolean only) {
        explicitAcks = only;
    }

    /** Subscribes the connection to its client's outbox. The reply starts it. */
    SubscribeResult openOutbox(Identity who, @Nullable String device, @Nullable RecoveryRequest wanted) {
        boolean recovering = wanted != null && wanted.recover();
        Position presented = wanted != null && recovering ? new Position(wanted.epoch(), wanted.offset()) : null;
        RegisteredConnection.Subscribed opened = connection.openOutbox(who.client(), device, explicitAcks, presented);
        return result(opened, true, true, 0, null, false);
    }

    private void ask(
            int id,
            Identity who,
            @Nullable String device,
            SubscribeRequest subscribe,
            SubscribeGrant grant,
            @Nullable Handler<SubscribeDecision> handler) {
        String channel = subscribe.channel();
        if (!connection.subscribed(channel) && connection.ordinarySubscriptions() >= maxChannels) {
            connection.hit(Limit.CHANNELS);
            answers.error(id, ErrorCode.LIMIT_EXCEEDED);
            return;
        }
        if (!mayFilter(subscribe.filter(), access.namespace(channel))) {
            answers.error(id, ErrorCode.BAD_REQUEST);
            return;
        }
        if (handler == null) {
            allowed(id, who, device, subscribe, grant, SubscribeDecision.accept());
            return;
        }
        consultation.decide(
                id,
                CallKind.SUBSCRIBE,
                handler,
                consultation.call(who, device, channel, subscribe.data()),
                () -> {},
                decision -> allowed(
                        id,
                        who,
                        device,
                        subscribe,
                        grant.decided((byte[]) decision.info(), decision.expiresAt()),
                        decision));
    }

    private void allowed(
            int id,
            Identity who,
            @Nullable String device,
            SubscribeRequest subscribe,
            SubscribeGrant grant,
            SubscribeDecision decision) {
        if (!answers.fits((byte[]) decision.data())) {
            answers.tooLarge(id, ErrorCode.LIMIT_EXCEEDED);
            return;
        }
        String channel = subscribe.channel();
        Namespace namespace = access.namespace(channel);
        boolean recovery = decision.recovery() == null ? namespace.recovery() : decision.recovery();
        boolean announced = decision.joinLeave() == null ? namespace.joinLeave() : decision.joinLeave();
        boolean recovering = subscribe.recover() && recovery;
        Position wanted = recovering ? new Position(subscribe.epoch(), subscribe.offset()) : null;
        boolean told = announced && (subscribe.joinLeave() || namespace.joinLeaveUnasked());
        // What a filter leaves out would be missing where a delta goes on.
        boolean deltas = FOSSIL.equals(subscribe.delta()) && namespace.deltas() && subscribe.filter() == null;
        SubscribeOptions options = new SubscribeOptions(grant.info(), announced, told, subscribe.filter(), deltas);
        RegisteredConnection.Subscribed made = connection.subscribe(channel, wanted, options);
        if (made == null) {
            answers.error(id, ErrorCode.ALREADY_SUBSCRIBED);
            return;
        }
        if (recovering && !made.recovered() && subscribe.rejectsUnrecovered()) {
            connection.unsubscribe(channel);
            answers.error(id, ErrorCode.UNRECOVERABLE_POSITION);
            return;
        }
        SubscriptionHandle subscription = connection.subscription(channel);
        boolean asked = decision.expiresAt() != null && subscribe.token() == null;
        Runnable renewal = asked && subscription != null ? renewal(device, channel, subscription) : null;
        long secondsToLive = limitLife(subscription, grant, renewal);
        // An SDK that has shown no token can bring none, and would give up; after the end it subscribes again.
        long renewableFor = subscribe.token() == null ? 0 : secondsToLive;
        endIfRevoked(channel, grant);
        byte[] data = (byte[]) decision.data();
        connection.start(
                channel, answers.encoded(id, result(made, recovery, subscribe.recover(), renewableFor, data, deltas)));
    }

    private static boolean mayFilter(@Nullable TagFilter filter, Namespace namespace) {
        if (filter == null) {
            return true;
        }
        try {
            filter.check();
            return namespace.tagFilters();
        } catch (InvalidFieldException e) {
            return false;
        }
    }

    /** Lets a revocation of the token reach the subscription. Code 2000: SDKs do not subscribe again by themselves. */
    private void endIfRevoked(String channel, SubscribeGrant grant) {
        SubscriptionHandle subscription = connection.subscription(channel);
        if (subscription == null) {
            return;
        }
        Runnable end = () -> subscription.end(REVOKED);
        if (!access.subscribed(connection.id(), channel, grant, end, wall.now())) {
            end.run();
        }
        subscription.whenEnded(() -> access.unsubscribed(connection.id(), channel, end));
    }

    void unsubscribe(int id, UnsubscribeRequest unsubscribe) {
        if (Names.isOutbox(unsubscribe.channel())) {
            answers.error(id, ErrorCode.PERMISSION_DENIED);
            return;
        }
        connection.unsubscribe(unsubscribe.channel(), answers.encoded(id, new UnsubscribeResult()));
    }

    /** A new token for a subscription. */
    void refresh(int id, Identity who, @Nullable String device, SubRefreshRequest refresh) {
        String channel = refresh.channel();
        if (refresh.type() != 0) {
            answers.error(id, ErrorCode.NOT_AVAILABLE);
            return;
        }
        if (!connection.subscribed(channel) || refresh.token().isEmpty()) {
            answers.error(id, ErrorCode.BAD_REQUEST);
            return;
        }
        try {
            SubscribeGrant grant = access.maySubscribe(who, channel, refresh.token(), wall.now());
            if (grant.access() != ChannelAccess.ALLOWED) {
                answers.error(id, ErrorCode.PERMISSION_DENIED);
                return;
            }
            Handler<RefreshDecision> handler = consultation.subRefreshHandler(channel);
            if (handler == null) {
                refreshed(id, channel, grant);
                return;
            }
            ClientCall call = consultation.call(who, device, channel, null);
            consultation.decide(id, CallKind.SUB_REFRESH, handler, call, () -> {}, decision -> {
                if (decision.expired()) {
                    expired(id, channel);
                } else {
                    refreshed(id, channel, grant.decided((byte[]) decision.info(), decision.expiresAt()));
                }
            });
        } catch (AccessDeniedException e) {
            if (e.kind() == AccessDeniedException.Kind.TOKEN_EXPIRED) {
                expired(id, channel);
            } else {
                answers.error(id, Failures.errorCode(e));
            }
        }
    }

    /** After an error alone, SDKs give the subscription up. After this push they subscribe again with a new token. */
    private void expired(int id, String channel) {
        connection.unsubscribeByServer(channel, EXPIRED, "expired");
        answers.error(id, ErrorCode.TOKEN_EXPIRED);
    }

    private void refreshed(int id, String channel, SubscribeGrant grant) {
        connection.show(channel, grant.info());
        long left = limitLife(connection.subscription(channel), grant, null);
        endIfRevoked(channel, grant);
        answers.reply(id, new SubRefreshResult(left > 0, left));
    }

    /** Those that the connect token grants. The replies belong into the connect reply, which starts them. */
    Map<String, SubscribeResult> granted(Identity who, Map<String, RecoveryRequest> positions) {
        Map<String, SubscribeResult> made = new HashMap<>();
        for (String channel : who.channels()) {
            Namespace namespace = access.namespace(channel);
            RecoveryRequest known = positions.get(channel);
            boolean recovering = known != null && known.recover();
            Position wanted = known != null && recovering && namespace.recovery()
                    ? new Position(known.epoch(), known.offset())
                    : null;
            RegisteredConnection.Subscribed subscribed = connection.subscribe(
                    channel, wanted, new SubscribeOptions(null, namespace.joinLeave(), namespace.joinLeave()));
            if (subscribed != null) {
                made.put(channel, result(subscribed, namespace.recovery(), recovering, 0, null, false));
            }
        }
        return made;
    }

    /**
     * Sets the moment at which an unrefreshed subscription ends.
     *
     * @param renewal done then; null to end it, after the grace
     * @return seconds to live; 0 for no end
     */
    private long limitLife(
            @Nullable SubscriptionHandle subscription, SubscribeGrant grant, @Nullable Runnable renewal) {
        if (subscription == null) {
            return 0;
        }
        if (grant.expiresAtMillis() == Identity.NEVER) {
            subscription.endAt(null, null);
            return 0;
        }
        Instant end = Instant.ofEpochMilli(grant.expiresAtMillis());
        subscription.endAt(renewal == null ? end.plus(expiryGrace) : end, renewal);
        return OutsideTime.wireSeconds(wall.until(end));
    }

    /** Asks the application when the subscription expires. @return null if nothing answers */
    private @Nullable Runnable renewal(@Nullable String device, String channel, SubscriptionHandle subscription) {
        Handler<RefreshDecision> handler = consultation.subRefreshHandler(channel);
        if (handler == null) {
            return null;
        }
        Supplier<ClientCall> call = () -> consultation.call(present.get(), device, channel, null);
        return consultation.renewal(CallKind.SUB_REFRESH, handler, call, new Renewable() {
            @Override
            public void goesOn(@Nullable Instant until, byte @Nullable [] info, Runnable again) {
                if (info != null) {
                    connection.show(channel, info);
                }
                subscription.endAt(until, again);
            }

            @Override
            public void ends() {
                subscription.end(new Ending(EXPIRED, "expired"));
            }
        });
    }

    static SubscribeResult result(
            RegisteredConnection.Subscribed made,
            boolean recoverable,
            boolean recovering,
            long ttl,
            byte @Nullable [] data,
            boolean deltas) {
        Position from = made.position();
        return new SubscribeResult(
                ttl > 0,
                ttl,
                recoverable,
                recoverable,
                from.epoch(),
                from.offset(),
                recovering,
                recovering && made.recovered(),
                data,
                deltas);
    }
}
