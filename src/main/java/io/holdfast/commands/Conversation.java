package io.holdfast.commands;

import io.holdfast.access.AccessDeniedException;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Identity;
import io.holdfast.access.Login;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.WallClock;
import io.holdfast.protocol.Ack;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.Command;
import io.holdfast.protocol.ConnectOptions;
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
import io.holdfast.protocol.RecoveryRequest;
import io.holdfast.protocol.RefreshRequest;
import io.holdfast.protocol.RefreshResult;
import io.holdfast.protocol.Request;
import io.holdfast.protocol.RpcRequest;
import io.holdfast.protocol.RpcResult;
import io.holdfast.protocol.RpcResults;
import io.holdfast.protocol.SendRequest;
import io.holdfast.protocol.SubRefreshRequest;
import io.holdfast.protocol.SubscribeRequest;
import io.holdfast.protocol.SubscribeResult;
import io.holdfast.protocol.UnsubscribeRequest;
import io.holdfast.stream.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What one connection's client says and gets answered: the client protocol as a state machine, the same for every
 * transport (source: the public schema of the Centrifuge client protocol, version 2).
 *
 * <p><b>State.</b> <i>Expecting</i> the connect command, <i>connected</i>, or <i>unusable</i> after a failed connect.
 *
 * <p><b>Threads.</b> Frames come one at a time. Commands are carried out one at a time, in the order of {@link
 * CommandQueue}, but for pongs and acks, which wait for nothing. Receipts of publishes are answered from other threads.
 *
 * <p><b>Failure.</b> A breach of the protocol closes with 3501; an unexpected error ends this connection alone.
 */
public final class Conversation {
    private static final Logger LOG = Logger.getLogger(Conversation.class.getName());
    private static final Ending TOO_BIG = new Ending(1009, "message too big");
    private static final int UTF8_BYTES_PER_CHAR = 3;

    private static final Identity NOBODY_YET = Identity.named("", null, Identity.NEVER);

    private enum State {
        EXPECTING,
        CONNECTED,
        UNUSABLE
    }

    private final RegisteredConnection connection;
    private final Codec codec;
    private final Answers answers;
    private final Publishing publishing;
    private final Subscribing subscribing;
    private final ChannelQueries queries;
    private final ResilientWebSocketManager manager;
    private final AccessPolicy access;
    private final CommandSettings settings;
    private final LongSupplier nanos;
    private final WallClock wall;
    private final String session;
    private final CommandRate commandRate;
    private final CommandQueue queue;
    private volatile State state = State.EXPECTING;
    private volatile Identity who = NOBODY_YET;
    private volatile @Nullable String device;
    private final @Nullable Login login;

    Conversation(
            RegisteredConnection connection,
            Codec codec,
            ResilientWebSocketManager manager,
            AccessPolicy access,
            CommandSettings settings,
            DeliveryClock clock,
            WallClock wall,
            String session,
            @Nullable Login login,
            Executor executor) {
        this.connection = connection;
        this.codec = codec;
        this.answers = new Answers(connection, codec);
        this.queue = new CommandQueue(executor, this::carryOut);
        this.publishing = new Publishing(connection, answers, manager, access, clock, queue);
        this.subscribing = new Subscribing(connection, answers, manager, access, settings, wall);
        this.queries = new ChannelQueries(connection, answers, manager, access);
        this.manager = manager;
        this.access = access;
        this.settings = settings;
        this.nanos = clock::nanos;
        this.wall = wall;
        this.session = session;
        this.login = login;
        this.commandRate = new CommandRate(settings.commandsPerSecond(), clock.nanos());
        connection.endAfter(settings.connectTimeout(), Failures.ending(CloseCode.STALE));
    }

    /** Id of the connection, which others see in presence. */
    public String connectionId() {
        return connection.id();
    }

    /** A text frame came. */
    public void receive(String frame) {
        if (connection.hasEnded()) {
            return; // what was under way when it was closed is neither read nor counted
        }
        if (codec.binary()) {
            answers.close(CloseCode.INAPPROPRIATE_PROTOCOL);
        } else if (exceedsLimit(frame)) {
            tooBig();
        } else {
            carryOut(() -> codec.decode(frame), frame.length());
        }
    }

    /** A binary frame came. */
    public void receive(byte[] frame) {
        if (connection.hasEnded()) {
            return;
        }
        if (!codec.binary()) {
            answers.close(CloseCode.INAPPROPRIATE_PROTOCOL);
        } else if (frame.length > settings.maxFrameBytes()) {
            tooBig();
        } else {
            carryOut(() -> codec.decode(frame), frame.length);
        }
    }

    private void tooBig() {
        connection.hit(Limit.FRAME_BYTES);
        connection.close(TOO_BIG);
    }

    private interface Frame {
        List<Command> decode() throws MalformedFrameException;
    }

    private void carryOut(Frame frame, int bytes) {
        try {
            List<Command> commands = frame.decode();
            if (exceedsLimit(commands)) {
                return;
            }
            int size = bytes / commands.size() + 1;
            for (Command command : commands) {
                if (standsAlone(command)) {
                    carryOut(command);
                } else if (!queue.accept(command, size)) {
                    refuseForWantOfRoom(command.id());
                }
            }
        } catch (MalformedFrameException e) {
            answers.close(CloseCode.BAD_REQUEST);
        }
    }

    private void refuseForWantOfRoom(int id) {
        connection.hit(Limit.COMMANDS_WAITING);
        if (id == 0) {
            answers.close(CloseCode.BAD_REQUEST);
        } else {
            answers.error(id, ErrorCode.TOO_MANY_REQUESTS);
        }
    }

    /** A pong or an ack: it depends on no other command, and nothing but deliveries on it. */
    private static boolean standsAlone(Command command) {
        Request request = command.request();
        return request == null
                || request instanceof SendRequest
                || (request instanceof RpcRequest rpc && rpc.method().equals("ack"));
    }

    private void carryOut(Command command) {
        if (connection.hasEnded()) {
            return; // nothing is read of what was said before it
        }
        try {
            handle(command);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "A command of client " + who.client() + " failed unexpectedly; its connection is closed",
                    e);
            answers.close(CloseCode.INTERNAL_ERROR);
        }
    }

    /**
     * The transport has ended.
     *
     * @param byClient whether the client closed it in order
     */
    public void ended(boolean byClient) {
        queue.close();
        connection.ended(byClient);
        access.left(connection.id());
    }

    private void handle(Command command) {
        Request request = command.request();
        if (request == null) {
            if (!connection.pong()) {
                answers.close(CloseCode.BAD_REQUEST);
            }
        } else if (command.id() == 0 && !(request instanceof SendRequest)) {
            answers.close(CloseCode.BAD_REQUEST);
        } else if (state != (request instanceof ConnectRequest ? State.EXPECTING : State.CONNECTED)) {
            answers.close(CloseCode.BAD_REQUEST);
        } else if (!command.payloadIsJson()) {
            refusePayload(command.id(), request);
        } else if (request instanceof ConnectRequest connect) {
            connect(command.id(), connect);
        } else {
            dispatch(command.id(), request);
        }
    }

    private void refusePayload(int id, Request request) {
        if (request instanceof SendRequest) {
            LOG.log(Level.FINE, "Client {0} sent what is not JSON", who.client());
            return;
        }
        if (request instanceof ConnectRequest) {
            state = State.UNUSABLE;
        }
        answers.error(id, ErrorCode.BAD_REQUEST);
    }

    private void dispatch(int id, Request request) {
        if (request instanceof SubscribeRequest subscribe) {
            subscribing.subscribe(id, who, subscribe);
        } else if (request instanceof UnsubscribeRequest unsubscribe) {
            subscribing.unsubscribe(id, unsubscribe);
        } else if (request instanceof PublishRequest publish) {
            publishing.publish(id, who, publish);
        } else if (request instanceof SendRequest send) {
            send(send);
        } else if (request instanceof RpcRequest rpc) {
            rpc(id, rpc);
        } else if (request instanceof RefreshRequest refresh) {
            refresh(id, refresh);
        } else if (request instanceof SubRefreshRequest refresh) {
            subscribing.refresh(id, who, refresh);
        } else if (request instanceof PresenceRequest presence) {
            queries.presence(id, who, presence.channel());
        } else if (request instanceof PresenceStatsRequest presence) {
            queries.presenceStats(id, who, presence.channel());
        } else if (request instanceof HistoryRequest history) {
            queries.history(id, who, history);
        } else if (request instanceof PingRequest) {
            answers.reply(id, new PingResult());
        } else {
            throw new IllegalArgumentException("a request that nothing answers: " + request.getClass());
        }
    }

    private void connect(int id, ConnectRequest connect) {
        state = State.UNUSABLE;
        ConnectOptions data;
        Identity identity;
        try {
            data = ConnectOptions.parse(connect.data());
            if (data.device() != null && !Names.isDevice(data.device())) {
                throw new InvalidFieldException("device", "must be a device's name");
            }
            identity = access.authenticate(connect.token(), login, data.client(), data.device(), wall.now());
        } catch (InvalidFieldException e) {
            answers.error(id, ErrorCode.BAD_REQUEST);
            return;
        } catch (AccessDeniedException e) {
            refuse(id, e.kind());
            return;
        }
        if (!entered(identity)) {
            return;
        }
        state = State.CONNECTED;
        who = identity;
        device = identity.device() == null ? data.device() : identity.device();
        if (!connection.identify(who.client(), who.info())) {
            return;
        }
        Map<String, SubscribeResult> subs = new HashMap<>(subscribing.granted(who, connect.subs()));
        String outbox = Names.outbox(who.client());
        if (data.outbox() && !who.guest()) {
            subs.put(outbox, openOutbox(data, connect.subs().get(outbox)));
        }
        long secondsToLive = limitLife(identity);
        // Only a client that has shown a token can bring another one. An SDK without a token that is told of an expiry
        // would
        // give up instead of reconnecting.
        boolean renewable = identity.expires() && connect.token() != null;
        connection.replyConnected(codec.reply(
                id,
                new ConnectResult(
                        connection.id(),
                        settings.version(),
                        renewable,
                        renewable ? secondsToLive : 0,
                        subs,
                        (int) settings.pingInterval().toSeconds(),
                        true,
                        session,
                        settings.node(),
                        null)));
    }

    private SubscribeResult openOutbox(ConnectOptions data, @Nullable RecoveryRequest wanted) {
        Position presented = wanted != null && wanted.recover() ? new Position(wanted.epoch(), wanted.offset()) : null;
        return Subscribing.result(
                connection.openOutbox(who.client(), device, data.explicitAcks(), presented), true, true, 0);
    }

    private void refuse(int id, AccessDeniedException.Kind kind) {
        switch (kind) {
            case UNAUTHORIZED -> answers.error(id, ErrorCode.UNAUTHORIZED);
            case TOKEN_EXPIRED -> answers.error(id, ErrorCode.TOKEN_EXPIRED);
            case INVALID_TOKEN -> answers.close(CloseCode.INVALID_TOKEN);
            case UNAVAILABLE -> answers.error(id, ErrorCode.INTERNAL);
            case UNKNOWN_CHANNEL -> answers.error(id, ErrorCode.UNKNOWN_CHANNEL);
            case PERMISSION -> answers.error(id, ErrorCode.PERMISSION_DENIED);
        }
    }

    /** Lets a revocation reach this connection; false, and it is closed, if one has come in between. */
    private boolean entered(Identity identity) {
        boolean welcome = access.entered(connection.id(), identity, connection::close, wall.now());
        if (!welcome) {
            answers.close(CloseCode.INVALID_TOKEN);
        }
        if (connection.hasEnded()) {
            access.left(connection.id()); // once more, where the end came before the entry
        }
        return welcome;
    }

    /** Sets the moment at which an unrefreshed connection ends. @return seconds to live; 0 for no end */
    private long limitLife(Identity identity) {
        if (!identity.expires()) {
            connection.endNever();
            return 0;
        }
        Instant end = Instant.ofEpochMilli(identity.expiresAtMillis());
        connection.expireAt(end, settings.expiryGrace());
        return OutsideTime.wireSeconds(wall.until(end));
    }

    private void rpc(int id, RpcRequest rpc) {
        try {
            switch (rpc.method()) {
                case "ack" -> ack(id, Ack.parse(rpc.data()));
                case "publish" -> publishing.publish(id, who, PublishCall.parse(rpc.data()));
                default -> answers.error(id, ErrorCode.METHOD_NOT_FOUND);
            }
        } catch (InvalidFieldException e) {
            answers.error(id, ErrorCode.BAD_REQUEST);
        }
    }

    private void ack(int id, Ack ack) {
        OptionalLong cursor = acknowledge(ack);
        if (cursor.isPresent()) {
            answers.reply(id, new RpcResult(RpcResults.acked(cursor.getAsLong())));
        } else {
            answers.error(id, ErrorCode.BAD_REQUEST);
        }
    }

    private void send(SendRequest send) {
        try {
            Ack.parseSend(send.data()).ifPresent(this::acknowledge);
        } catch (InvalidFieldException e) {
            LOG.log(Level.FINE, "Client {0} sent an unreadable ack", who.client());
        }
    }

    private OptionalLong acknowledge(Ack ack) {
        return ack.channel().equals(Names.outbox(who.client()))
                ? manager.acknowledge(who.client(), device, new Position(ack.epoch(), ack.offset()))
                : OptionalLong.empty();
    }

    private void refresh(int id, RefreshRequest refresh) {
        try {
            Identity identity = access.authenticate(refresh.token(), null, null, wall.now());
            if (!identity.client().equals(who.client())) {
                answers.close(CloseCode.INVALID_TOKEN);
                return;
            }
            if (!entered(identity)) {
                return;
            }
            if (!identity.connectsLike(who)) {
                // What the server subscribes at connect, and the outbox's cursor, are made at connect only.
                answers.close(CloseCode.INSUFFICIENT_STATE);
                return;
            }
            if (!Arrays.equals(identity.info(), who.info())) {
                connection.show(identity.info());
            }
            who = identity;
            answers.reply(
                    id,
                    new RefreshResult(connection.id(), settings.version(), identity.expires(), limitLife(identity)));
        } catch (AccessDeniedException e) {
            if (e.kind() == AccessDeniedException.Kind.TOKEN_EXPIRED) {
                answers.close(
                        CloseCode.EXPIRED); // error 109 to a refresh makes SDKs stay away for good; from 3005 they come
                // back
            } else {
                refuse(id, e.kind());
            }
        }
    }

    /** If so, it is closed. */
    private boolean exceedsLimit(List<Command> commands) {
        if (commands.size() > settings.maxFrameCommands()) {
            connection.hit(Limit.FRAME_COMMANDS);
            answers.close(CloseCode.BAD_REQUEST);
            return true;
        }
        if (!commandRate.take(commands.size(), nanos.getAsLong())) {
            connection.hit(Limit.COMMAND_RATE);
            answers.close(CloseCode.TOO_MANY_REQUESTS);
            return true;
        }
        return false;
    }

    private boolean exceedsLimit(String frame) {
        int limit = settings.maxFrameBytes();
        if (frame.length() > limit) {
            return true;
        }
        return frame.length() > limit / UTF8_BYTES_PER_CHAR && frame.getBytes(StandardCharsets.UTF_8).length > limit;
    }
}
