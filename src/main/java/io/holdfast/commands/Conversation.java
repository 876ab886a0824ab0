package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Identity;
import io.holdfast.access.Login;
import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.WallClock;
import io.holdfast.protocol.Ack;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.Command;
import io.holdfast.protocol.ConnectRequest;
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
import io.holdfast.protocol.RefreshRequest;
import io.holdfast.protocol.Request;
import io.holdfast.protocol.RpcRequest;
import io.holdfast.protocol.RpcResult;
import io.holdfast.protocol.RpcResults;
import io.holdfast.protocol.SendRequest;
import io.holdfast.protocol.SubRefreshRequest;
import io.holdfast.protocol.SubscribeRequest;
import io.holdfast.protocol.UnsubscribeRequest;
import io.holdfast.stream.Position;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
 * <p><b>State.</b> That of {@link Connecting}.
 *
 * <p><b>Threads.</b> Frames come one at a time. Commands are carried out one at a time, in the order of {@link
 * CommandQueue}, but for pongs and acks, which wait for nothing. Receipts of publishes, and what handlers say, are answered
 * from other threads.
 *
 * <p><b>Failure.</b> A breach of the protocol closes with 3501; an unexpected error ends this connection alone.
 */
public final class Conversation {
    private static final Logger LOG = Logger.getLogger(Conversation.class.getName());
    private static final Ending TOO_BIG = new Ending(1009, "message too big");
    private static final int UTF8_BYTES_PER_CHAR = 3;

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
    private final CommandRate commandRate;
    private final CommandQueue queue;
    private final Consultation consultation;
    private final Connecting connecting;

    Conversation(
            RegisteredConnection connection,
            Speech speech,
            ResilientWebSocketManager manager,
            AllNodes nodes,
            AccessPolicy access,
            CommandSettings settings,
            DeliveryClock clock,
            WallClock wall,
            Handshake handshake,
            @Nullable Login login,
            Handling handling,
            Executor executor) {
        this.connection = connection;
        this.codec = speech.codec();
        this.answers = new Answers(connection, codec);
        this.queue = new CommandQueue(executor, this::carryOut);
        this.consultation = new Consultation(handling, connection, answers, queue, access, executor, wall, handshake);
        this.publishing = new Publishing(connection, answers, manager, access, clock, queue, consultation);
        this.subscribing =
                new Subscribing(connection, answers, manager, access, settings, wall, consultation, this::who);
        this.queries = new ChannelQueries(connection, answers, manager, nodes, access);
        this.manager = manager;
        this.access = access;
        this.settings = settings;
        this.nanos = clock::nanos;
        this.commandRate = new CommandRate(settings.commandsPerSecond(), clock.nanos());
        this.connecting = new Connecting(
                connection,
                speech.tagged(),
                answers,
                subscribing,
                consultation,
                access,
                settings,
                wall,
                handshake.session(),
                login);
    }

    private Identity who() {
        return connecting.who();
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
                    refuseForWantOfRoom(command);
                }
            }
        } catch (MalformedFrameException e) {
            answers.close(CloseCode.BAD_REQUEST);
        }
    }

    private void refuseForWantOfRoom(Command command) {
        connection.hit(Limit.COMMANDS_WAITING);
        int id = command.id();
        if (command.request() instanceof SendRequest) {
            LOG.log(Level.FINE, "What client {0} sent was dropped: too many of its commands wait", connection.client());
        } else if (id == 0) {
            answers.close(CloseCode.BAD_REQUEST);
        } else {
            answers.error(id, ErrorCode.TOO_MANY_REQUESTS);
        }
    }

    /** A pong or an ack: it depends on no other command, and nothing but deliveries on it. */
    private boolean standsAlone(Command command) {
        Request request = command.request();
        return request == null
                || (request instanceof SendRequest send && !(consultation.receivesSends() && isForHandler(send)))
                || (request instanceof RpcRequest rpc && rpc.method().equals("ack"));
    }

    private static boolean isForHandler(SendRequest send) {
        try {
            return Ack.parseSend(send.data()).isEmpty();
        } catch (InvalidFieldException e) {
            return false;
        }
    }

    private void carryOut(Command command) {
        if (connection.hasEnded()) {
            return; // nothing is read of what was said before it
        }
        try {
            handle(command);
        } catch (RuntimeException e) {
            answers.failed(command.id(), command.request() instanceof ConnectRequest, e);
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
        } else if (!connecting.admits(request)) {
            answers.close(CloseCode.BAD_REQUEST);
        } else if (!command.payloadIsJson()) {
            refusePayload(command.id(), request);
        } else if (request instanceof ConnectRequest connect) {
            connecting.connect(command.id(), connect);
        } else {
            dispatch(command.id(), request);
        }
    }

    private void refusePayload(int id, Request request) {
        if (request instanceof SendRequest) {
            LOG.log(Level.FINE, "Client {0} sent what is not JSON", connection.client());
            return;
        }
        if (request instanceof ConnectRequest) {
            connecting.spoil();
        }
        answers.error(id, ErrorCode.BAD_REQUEST);
    }

    private void dispatch(int id, Request request) {
        Identity who = connecting.who();
        if (request instanceof SubscribeRequest subscribe) {
            subscribing.subscribe(id, who, connecting.device(), subscribe);
        } else if (request instanceof UnsubscribeRequest unsubscribe) {
            subscribing.unsubscribe(id, unsubscribe);
        } else if (request instanceof PublishRequest publish) {
            publishing.publish(id, who, connecting.device(), publish);
        } else if (request instanceof SendRequest send) {
            send(send);
        } else if (request instanceof RpcRequest rpc) {
            rpc(id, rpc);
        } else if (request instanceof RefreshRequest refresh) {
            connecting.refresh(id, refresh);
        } else if (request instanceof SubRefreshRequest refresh) {
            subscribing.refresh(id, who, connecting.device(), refresh);
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

    private void rpc(int id, RpcRequest rpc) {
        try {
            switch (rpc.method()) {
                case "ack" -> ack(id, Ack.parse(rpc.data()));
                case "publish" ->
                    publishing.publish(id, connecting.who(), connecting.device(), PublishCall.parse(rpc.data()));
                default -> consultation.rpc(id, connecting.who(), connecting.device(), rpc);
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
            Ack.parseSend(send.data())
                    .ifPresentOrElse(
                            this::acknowledge, () -> consultation.send(connecting.who(), connecting.device(), send));
        } catch (InvalidFieldException e) {
            LOG.log(Level.FINE, "Client {0} sent an unreadable ack", connection.client());
        }
    }

    private OptionalLong acknowledge(Ack ack) {
        Identity who = connecting.who();
        return !who.guest() && ack.channel().equals(Names.outbox(who.client()))
                ? manager.acknowledge(who.client(), connecting.device(), new Position(ack.epoch(), ack.offset()))
                : OptionalLong.empty();
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
