package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Identity;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.WallClock;
import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.Link;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import io.holdfast.handlers.calls.CallKind;
import io.holdfast.handlers.calls.CallLane;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.RpcRequest;
import io.holdfast.protocol.RpcResult;
import io.holdfast.protocol.SendRequest;
import io.holdfast.stream.OpaquePayload;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the handlers, for one connection.
 *
 * <p><b>Order.</b> All calls of the connection come one at a time, in the order of its commands. A decision (connect, refresh, subscribe,
 * publish) holds the commands behind it; an rpc or send holds only other calls.
 *
 * <p><b>Threads.</b> Asked on the thread of a command. What follows a decision is carried out on the executor.
 */
final class Consultation {

    /** A handler that could not answer how long something goes on is asked again then, and up to half as long later. */
    private static final Duration ASKED_AGAIN_AFTER = Duration.ofMinutes(1);

    private final RegisteredConnection connection;
    private final Answers answers;
    private final CommandQueue queue;
    private final Handlers handlers;
    private final HandlerSettings settings;
    private final AccessPolicy access;
    private final CallLane lane;
    private final Executor executor;
    private final WallClock wall;
    private final Peer peer;
    private final Link link;
    private volatile byte @Nullable [] meta;

    Consultation(
            Handling handling,
            RegisteredConnection connection,
            Answers answers,
            CommandQueue queue,
            AccessPolicy access,
            Executor executor,
            WallClock wall,
            Handshake handshake) {
        this.connection = connection;
        this.answers = answers;
        this.queue = queue;
        this.handlers = handling.handlers();
        this.settings = handling.settings();
        this.access = access;
        this.lane = handling.calls().lane();
        this.executor = executor;
        this.wall = wall;
        this.peer = handshake.peer();
        String encoding = handshake.format().name().toLowerCase(Locale.ROOT);
        this.link = new Link(handshake.transport(), encoding);
    }

    @Nullable
    Handler<ConnectDecision> connectHandler() {
        return handlers.connect();
    }

    @Nullable
    Handler<RefreshDecision> refreshHandler() {
        return handlers.refresh();
    }

    /** Whether the application receives what clients send. */
    boolean receivesSends() {
        return handlers.send() != null;
    }

    /** The identity as it is kept: with what handlers may ask for, if there are any. */
    Identity kept(Identity identity) {
        return handlers.isEmpty() ? identity.bare() : identity;
    }

    /**
     * A call by this connection.
     *
     * @param target as {@link ClientCall#target}
     * @param payload JSON or an {@link OpaquePayload}; null for none
     */
    ClientCall call(Identity who, @Nullable String device, String target, byte @Nullable [] payload) {
        Set<String> roles = new HashSet<>(Roles.in(who.claims(), settings.rolesClaim()));
        roles.addAll(who.roles());
        Caller caller = new Caller(
                who.client(),
                who.guest(),
                device,
                connection.id(),
                who.claims(),
                roles,
                peer.address(),
                peer.headers());
        return payload == null || !OpaquePayload.is(payload)
                ? new ClientCall(caller, link, target, payload, meta)
                : new ClientCall(caller, link, target, StoredPayload.json(payload), OpaquePayload.bytes(payload), meta);
    }

    /** Every later call has this. @param newMeta one JSON value; null for none */
    void remember(byte @Nullable [] newMeta) {
        meta = newMeta;
    }

    @Nullable
    Handler<SubscribeDecision> subscribeHandler(String channel) {
        return handlers.subscribe(access.namespace(channel).name());
    }

    @Nullable
    Handler<RefreshDecision> subRefreshHandler(String channel) {
        return handlers.subRefresh(access.namespace(channel).name());
    }

    @Nullable
    Handler<PublishDecision> publishHandler(String channel) {
        return handlers.publish(access.namespace(channel).name());
    }

    void rpc(int id, Identity who, @Nullable String device, RpcRequest rpc) {
        Handler<byte[]> handler = handlers.rpc(rpc.method());
        if (handler == null) {
            answers.error(id, ErrorCode.NOT_AVAILABLE);
            return;
        }
        ClientCall call = call(who, device, rpc.method(), rpc.data());
        boolean taken = lane.call(CallKind.RPC, handler, call, (reply, failure) -> {
            if (failure != null) {
                answers.error(id, failure);
            } else {
                answers.replyIfRoom(id, new RpcResult(Objects.requireNonNull(reply)));
            }
        });
        if (!taken) {
            refuse(id);
        }
    }

    void send(Identity who, @Nullable String device, SendRequest send) {
        Handler<?> handler = handlers.send();
        if (handler != null
                && !lane.call(CallKind.SEND, handler, call(who, device, "", send.data()), (done, failure) -> {})) {
            connection.hit(Limit.HANDLER_CALLS);
        }
    }

    /**
     * Asks a handler, without a command of the client, how long something goes on.
     *
     * @param call made each time anew
     * @return begins to ask, and waits for nothing; done when it expires
     */
    Runnable renewal(CallKind kind, Handler<RefreshDecision> handler, Supplier<ClientCall> call, Renewable expired) {
        return new Runnable() {
            @Override
            public void run() {
                boolean taken = lane.callUnasked(
                        kind,
                        handler,
                        call.get(),
                        (decision, failure) -> execute(() -> renewed(expired, this, decision, failure)));
                if (!taken) {
                    connection.hit(Limit.HANDLER_CALLS);
                    expired.goesOn(askedAgainAt(), null, this);
                }
            }
        };
    }

    private void renewed(
            Renewable expired, Runnable again, @Nullable RefreshDecision decision, @Nullable HandlerException failure) {
        if (connection.hasEnded()) {
            return;
        }
        if (failure != null && failure.temporary()) {
            expired.goesOn(askedAgainAt(), null, again);
        } else if (failure != null && failure.closes()) {
            connection.close(new Ending(failure.code(), failure.text()));
        } else if (decision == null || decision.expired() || isPast(decision.expiresAt())) {
            expired.ends();
        } else {
            expired.goesOn(decision.expiresAt(), (byte[]) decision.info(), again);
        }
    }

    /** Chance spreads the connections that got no answer together, so that they do not come together again. */
    private Instant askedAgainAt() {
        long latest = ASKED_AGAIN_AFTER.toMillis() / 2;
        return wall.now()
                .plus(ASKED_AGAIN_AFTER)
                .plusMillis(ThreadLocalRandom.current().nextLong(latest));
    }

    /** To ask at once again, for as long as some clock is wrong, would help nobody. */
    private boolean isPast(@Nullable Instant end) {
        return end != null && !end.isAfter(wall.now());
    }

    private void refuse(int id) {
        connection.hit(Limit.HANDLER_CALLS);
        answers.error(id, ErrorCode.TOO_MANY_REQUESTS);
    }

    /**
     * Lets a handler decide about a command. The commands behind it wait until that has been carried out.
     *
     * @param refused told before the error is queued
     * @param accepted carries the command out; nothing happens if the connection has ended
     */
    <A> void decide(
            int id, CallKind kind, Handler<A> handler, ClientCall call, Runnable refused, Consumer<A> accepted) {
        queue.hold();
        boolean taken = lane.call(
                kind,
                handler,
                call,
                (decision, failure) -> execute(() -> decided(id, kind, refused, accepted, decision, failure)));
        if (!taken) {
            refused.run();
            refuse(id);
            queue.release();
        }
    }

    private <A> void decided(
            int id,
            CallKind kind,
            Runnable refused,
            Consumer<A> accepted,
            @Nullable A decision,
            @Nullable HandlerException failure) {
        try {
            if (connection.hasEnded()) {
                return;
            }
            if (failure != null) {
                refused.run();
                answers.error(id, failure);
            } else {
                accepted.accept(Objects.requireNonNull(decision));
            }
        } catch (RuntimeException e) {
            answers.failed(id, kind == CallKind.CONNECT, e);
        } finally {
            queue.release();
        }
    }

    private void execute(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException | IllegalStateException e) { // the container stops: here rather than never
            work.run();
        }
    }
}
