package io.holdfast.commands;

import io.holdfast.access.AccessDeniedException;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Identity;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;
import io.holdfast.protocol.Ack;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.Command;
import io.holdfast.protocol.ConnectData;
import io.holdfast.protocol.ConnectRequest;
import io.holdfast.protocol.ConnectResult;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.HistoryRequest;
import io.holdfast.protocol.InvalidFieldException;
import io.holdfast.protocol.MalformedFrameException;
import io.holdfast.protocol.PingRequest;
import io.holdfast.protocol.PingResult;
import io.holdfast.protocol.PresenceRequest;
import io.holdfast.protocol.PresenceStatsRequest;
import io.holdfast.protocol.PublishCall;
import io.holdfast.protocol.PublishRequest;
import io.holdfast.protocol.PublishResult;
import io.holdfast.protocol.RecoveryRequest;
import io.holdfast.protocol.RefreshRequest;
import io.holdfast.protocol.RefreshResult;
import io.holdfast.protocol.Request;
import io.holdfast.protocol.Result;
import io.holdfast.protocol.RpcRequest;
import io.holdfast.protocol.RpcResult;
import io.holdfast.protocol.RpcResults;
import io.holdfast.protocol.SendRequest;
import io.holdfast.protocol.SubRefreshRequest;
import io.holdfast.protocol.SubscribeRequest;
import io.holdfast.protocol.SubscribeResult;
import io.holdfast.protocol.UnsubscribeRequest;
import io.holdfast.protocol.UnsubscribeResult;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What one connection's client says and gets answered: the client protocol as a state machine, the same for every
 * transport (source: the public schema of the Centrifuge client protocol, version 2).
 *
 * <p><b>State.</b> <i>Expecting</i> the connect command, <i>connected</i>, or <i>unusable</i> after a failed connect.
 *
 * <p><b>Threads.</b> Frames come one at a time. Receipts of publishes are answered from other threads.
 *
 * <p><b>Failure.</b> A breach of the protocol closes with 3501; an unexpected error ends this connection alone.
 */
public final class Conversation {
    private static final Logger LOG = Logger.getLogger(Conversation.class.getName());
    private static final Ending TOO_BIG = new Ending(1009, "message too big");
    private static final int UTF8_BYTES_PER_CHAR = 3;

    private enum State {
        EXPECTING,
        CONNECTED,
        UNUSABLE
    }

    private final RegisteredConnection connection;
    private final Codec codec;
    private final ResilientWebSocketManager manager;
    private final AccessPolicy access;
    private final CommandSettings settings;
    private final DeliveryClock clock;
    private State state = State.EXPECTING;
    private String client = "";

    Conversation(
            RegisteredConnection connection,
            Codec codec,
            ResilientWebSocketManager manager,
            AccessPolicy access,
            CommandSettings settings,
            DeliveryClock clock) {
        this.connection = connection;
        this.codec = codec;
        this.manager = manager;
        this.access = access;
        this.settings = settings;
        this.clock = clock;
        connection.endAfter(settings.connectTimeout(), Failures.ending(CloseCode.STALE));
    }

    /** A text frame came. */
    public void receive(String frame) {
        if (exceedsLimit(frame)) {
            connection.close(TOO_BIG);
            return;
        }
        try {
            for (Command command : codec.decode(frame)) {
                if (connection.hasEnded()) {
                    return;
                }
                handle(command);
            }
        } catch (MalformedFrameException e) {
            close(CloseCode.BAD_REQUEST);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A command of client " + client + " failed unexpectedly; its connection is closed", e);
            close(CloseCode.INTERNAL_ERROR);
        }
    }

    /** A frame came that this transport and format do not allow. */
    public void receiveInappropriate() {
        close(CloseCode.INAPPROPRIATE_PROTOCOL);
    }

    /**
     * The transport has ended.
     *
     * @param byClient whether the client closed it in order
     */
    public void ended(boolean byClient) {
        manager.unregister(connection, byClient);
    }

    private void handle(Command command) {
        Request request = command.request();
        if (request == null) {
            if (!connection.pong()) {
                close(CloseCode.BAD_REQUEST);
            }
        } else if (command.id() == 0 && !(request instanceof SendRequest)) {
            close(CloseCode.BAD_REQUEST);
        } else if (request instanceof ConnectRequest connect) {
            connect(command.id(), connect);
        } else if (state != State.CONNECTED) {
            close(CloseCode.BAD_REQUEST);
        } else {
            dispatch(command.id(), request);
        }
    }

    private void dispatch(int id, Request request) {
        if (request instanceof SubscribeRequest subscribe) {
            subscribe(id, subscribe);
        } else if (request instanceof UnsubscribeRequest unsubscribe) {
            unsubscribe(id, unsubscribe);
        } else if (request instanceof PublishRequest publish) {
            publish(id, publish);
        } else if (request instanceof SendRequest send) {
            send(send);
        } else if (request instanceof RpcRequest rpc) {
            rpc(id, rpc);
        } else if (request instanceof RefreshRequest refresh) {
            refresh(id, refresh);
        } else if (request instanceof PingRequest) {
            reply(id, new PingResult());
        } else if (request instanceof PresenceRequest
                || request instanceof PresenceStatsRequest
                || request instanceof HistoryRequest
                || request instanceof SubRefreshRequest) {
            error(id, ErrorCode.NOT_AVAILABLE);
        }
    }

    private void connect(int id, ConnectRequest connect) {
        if (state != State.EXPECTING) {
            close(CloseCode.BAD_REQUEST);
            return;
        }
        ConnectData data;
        Identity identity;
        try {
            data = ConnectData.parse(connect.data());
            identity = access.authenticate(connect.token(), data.client(), data.device(), clock.millis());
        } catch (InvalidFieldException e) {
            state = State.UNUSABLE;
            error(id, ErrorCode.BAD_REQUEST);
            return;
        } catch (AccessDeniedException e) {
            refuse(id, e.kind());
            return;
        }
        state = State.CONNECTED;
        client = identity.client();
        String device = identity.device() == null ? data.device() : identity.device();
        Map<String, SubscribeResult> subs = Map.of();
        String outbox = '#' + client;
        if (data.outbox()) {
            RecoveryRequest wanted = connect.subs().get(outbox);
            Position presented = wanted != null && wanted.recover() ? new Position(wanted.epoch(), wanted.offset()) : null;
            subs = Map.of(
                    outbox,
                    subscribed(connection.openOutbox(client, device, data.explicitAcks(), presented), true));
        }
        long ttl = limitLife(identity);
        connection.replyConnected(codec.reply(
                id,
                new ConnectResult(
                        connection.id(),
                        settings.version(),
                        identity.expires(),
                        ttl,
                        subs,
                        (int) settings.pingInterval().toSeconds(),
                        true,
                        "",
                        settings.node(),
                        null)));
        if (!subs.isEmpty()) {
            connection.start(outbox);
        }
    }

    private void refuse(int id, AccessDeniedException.Kind kind) {
        state = State.UNUSABLE;
        switch (kind) {
            case UNAUTHORIZED -> error(id, ErrorCode.UNAUTHORIZED);
            case TOKEN_EXPIRED -> error(id, ErrorCode.TOKEN_EXPIRED);
            case INVALID_TOKEN -> close(CloseCode.INVALID_TOKEN);
            case PERMISSION -> error(id, ErrorCode.PERMISSION_DENIED);
        }
    }

    /** Sets the moment at which an unrefreshed connection ends. @return seconds to live; 0 for no end */
    private long limitLife(Identity identity) {
        if (!identity.expires()) {
            connection.endNever();
            return 0;
        }
        Duration left = Duration.ofMillis(Math.max(0, identity.expiresAtMillis() - clock.millis()));
        connection.endAfter(left.plus(settings.expiryGrace()), Failures.ending(CloseCode.EXPIRED));
        return Math.max(1, left.toSeconds());
    }

    private void subscribe(int id, SubscribeRequest subscribe) {
        String channel = subscribe.channel();
        switch (access.maySubscribe(client, channel)) {
            case DENIED -> error(id, ErrorCode.PERMISSION_DENIED);
            case OWN_OUTBOX -> error(id, ErrorCode.ALREADY_SUBSCRIBED);
            case ALLOWED -> {
                if (channel.isEmpty() || channel.getBytes(StandardCharsets.UTF_8).length > 255 || subscribe.type() != 0) {
                    error(id, ErrorCode.BAD_REQUEST);
                } else if (connection.subscribed(channel)) {
                    error(id, ErrorCode.ALREADY_SUBSCRIBED);
                } else if (connection.subscriptions() >= settings.maxChannels() + 1) {
                    error(id, ErrorCode.LIMIT_EXCEEDED);
                } else {
                    subscribeAllowed(id, subscribe);
                }
            }
        }
    }

    private void subscribeAllowed(int id, SubscribeRequest subscribe) {
        Position wanted = subscribe.recover() ? new Position(subscribe.epoch(), subscribe.offset()) : null;
        RegisteredConnection.Subscribed made = connection.subscribe(subscribe.channel(), wanted);
        if (wanted != null && !made.recovered() && subscribe.rejectsUnrecovered()) {
            connection.unsubscribe(subscribe.channel());
            error(id, ErrorCode.UNRECOVERABLE_POSITION);
            return;
        }
        reply(id, subscribed(made, subscribe.recover()));
        connection.start(subscribe.channel());
    }

    private static SubscribeResult subscribed(RegisteredConnection.Subscribed made, boolean recovering) {
        Position from = made.position();
        return new SubscribeResult(
                false, 0, true, true, from.epoch(), from.offset(), recovering, recovering && made.recovered());
    }

    private void unsubscribe(int id, UnsubscribeRequest unsubscribe) {
        if (unsubscribe.channel().startsWith("#")) {
            error(id, ErrorCode.PERMISSION_DENIED);
            return;
        }
        connection.unsubscribe(unsubscribe.channel());
        reply(id, new UnsubscribeResult());
    }

    private void publish(int id, PublishRequest publish) {
        if (!access.mayPublish(client, publish.channel())) {
            error(id, ErrorCode.PERMISSION_DENIED);
            return;
        }
        answer(
                id,
                publish.channel(),
                publish.data(),
                SendOptions.defaults(),
                receipt -> new PublishResult());
    }

    private void rpc(int id, RpcRequest rpc) {
        try {
            switch (rpc.method()) {
                case "ack" -> ack(id, Ack.parse(rpc.data()));
                case "publish" -> publish(id, PublishCall.parse(rpc.data()));
                default -> error(id, ErrorCode.METHOD_NOT_FOUND);
            }
        } catch (InvalidFieldException e) {
            error(id, ErrorCode.BAD_REQUEST);
        }
    }

    private void publish(int id, PublishCall call) {
        if (!access.mayPublish(client, call.channel())) {
            error(id, ErrorCode.PERMISSION_DENIED);
            return;
        }
        answer(
                id,
                call.channel(),
                call.data(),
                new SendOptions(call.id(), call.ttl(), call.tags(), true),
                receipt -> new RpcResult(RpcResults.published(receipt.id(), position(receipt), receipt.duplicate())));
    }

    private static RpcResults.Place position(Receipt receipt) {
        Position position = receipt.position();
        return position == null ? new RpcResults.Place("", 0) : new RpcResults.Place(position.epoch(), position.offset());
    }

    private void ack(int id, Ack ack) {
        if (acknowledge(ack)) {
            reply(id, new RpcResult(RpcResults.acked(ack.offset())));
        } else {
            error(id, ErrorCode.BAD_REQUEST);
        }
    }

    private void send(SendRequest send) {
        try {
            Ack.parseSend(send.data()).ifPresent(this::acknowledge);
        } catch (InvalidFieldException e) {
            LOG.log(Level.FINE, "Client {0} sent an unreadable ack", client);
        }
    }

    private boolean acknowledge(Ack ack) {
        return ack.channel().equals('#' + client)
                && manager.acknowledge(client, connection.device(), new Position(ack.epoch(), ack.offset()));
    }

    private void refresh(int id, RefreshRequest refresh) {
        try {
            Identity identity = access.authenticate(refresh.token(), null, null, clock.millis());
            if (!identity.client().equals(client)) {
                close(CloseCode.INVALID_TOKEN);
                return;
            }
            long ttl = limitLife(identity);
            reply(id, new RefreshResult(connection.id(), settings.version(), identity.expires(), ttl));
        } catch (AccessDeniedException e) {
            switch (e.kind()) {
                case TOKEN_EXPIRED -> error(id, ErrorCode.TOKEN_EXPIRED);
                case UNAUTHORIZED -> error(id, ErrorCode.UNAUTHORIZED);
                case PERMISSION -> error(id, ErrorCode.PERMISSION_DENIED);
                case INVALID_TOKEN -> close(CloseCode.INVALID_TOKEN);
            }
        }
    }

    private void answer(
            int id, String channel, byte[] data, SendOptions how, Function<Receipt, Result> result) {
        CompletionStage<Receipt> receipt;
        try {
            receipt = manager.publish(channel, data, how);
        } catch (DeliveryException e) {
            error(id, Failures.errorCode(e));
            return;
        }
        receipt.whenComplete((stored, failure) -> answer(id, stored, failure, result));
    }

    private void answer(
            int id, @Nullable Receipt stored, @Nullable Throwable failure, Function<Receipt, Result> result) {
        if (failure != null || stored == null) {
            error(id, failure == null ? ErrorCode.INTERNAL : Failures.errorCode(failure));
        } else {
            reply(id, result.apply(stored));
        }
    }

    private void reply(int id, Result result) {
        connection.reply(codec.reply(id, result));
    }

    private void error(int id, ErrorCode error) {
        connection.reply(codec.error(id, error));
    }

    private void close(CloseCode code) {
        state = State.UNUSABLE;
        connection.close(Failures.ending(code));
    }

    private boolean exceedsLimit(String frame) {
        int limit = settings.maxFrameBytes();
        if (frame.length() > limit) {
            return true;
        }
        return frame.length() > limit / UTF8_BYTES_PER_CHAR
                && frame.getBytes(StandardCharsets.UTF_8).length > limit;
    }
}
