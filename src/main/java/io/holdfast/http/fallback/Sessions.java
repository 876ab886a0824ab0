package io.holdfast.http.fallback;

import io.holdfast.cluster.Asking;
import io.holdfast.commands.CommandSettings;
import io.holdfast.commands.Conversation;
import io.holdfast.commands.Conversations;
import io.holdfast.commands.Format;
import io.holdfast.commands.Handshake;
import io.holdfast.commands.Peer;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.GatewayStarted;
import io.holdfast.delivery.Gathered;
import io.holdfast.http.LiveSessions;
import io.holdfast.json.JsonInput;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The conversations over fallback transports, by their session ids. Such an id is a secret: a program that knows it can send as
 * that client. Only the connect reply contains it, and it is never logged. Any thread.
 *
 * <p>Among several nodes, an id begins with the number of the session's node: whichever node gets a frame passes it on to that
 * one. The frames of a session that one node gets are passed on in their order.
 */
@ApplicationScoped
class Sessions implements LiveSessions {
    private static final SessionQuestion.Found NONE = new SessionQuestion.Found(null, Taken.UNKNOWN);
    private static final char NODE_END = '.';
    private static final int ID_BYTES = 24;
    private static final long PROBE_MILLIS = 2_000;
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder();

    private final Conversations conversations;
    private final CommandSettings commands;
    private final DeliverySettings delivery;
    private final Asking others;
    private final Executor executor;
    private final ManagedScheduledExecutorService scheduler;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<String, Upstream> open = new ConcurrentHashMap<>();
    private final Set<StreamConnection> streams = ConcurrentHashMap.newKeySet();
    private @Nullable ScheduledFuture<?> probes;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected Sessions() {
        this(null, null, null, null, null, null);
    }

    @Inject
    Sessions(
            Conversations conversations,
            CommandSettings commands,
            DeliverySettings delivery,
            Asking others,
            ManagedExecutorService executor,
            ManagedScheduledExecutorService scheduler) {
        this.conversations = conversations;
        this.commands = commands;
        this.delivery = delivery;
        this.others = others;
        this.executor = executor;
        this.scheduler = scheduler;
    }

    /** A client that leaves cannot say so, and only a write to it fails: the second one after it has left. */
    @PostConstruct
    void start() {
        probes = scheduler.scheduleWithFixedDelay(
                () -> streams.forEach(StreamConnection::probe), PROBE_MILLIS, PROBE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        if (probes != null) {
            probes.cancel(false);
        }
    }

    /** From the start on, other nodes ask for sessions of this one. */
    void answerOthers(@Observes GatewayStarted event) {
        others.answer(SessionQuestion.ABOUT, question -> answer(SessionQuestion.read(question)));
    }

    /** The next frame of the same node may be of another session, so this one's conversation does not hold it up. */
    private byte[] answer(SessionQuestion asked) {
        return SessionQuestion.answer(here(asked, executor));
    }

    private SessionQuestion.Found here(SessionQuestion asked, Executor carryingOut) {
        Upstream upstream = open.get(asked.session());
        if (upstream == null) {
            return NONE;
        }
        byte[] frame = asked.frame();
        Taken taken = frame == null || upstream.receive(frame, carryingOut) ? Taken.YES : Taken.FULL;
        return new SessionQuestion.Found(upstream.connection(), taken);
    }

    /** Takes frames of the conversation's format; others end it with 3506. */
    private static Consumer<byte[]> receiver(Conversation conversation, Format format) {
        return switch (format) {
            case PROTOBUF -> conversation::receive;
            case JSON ->
                frame -> {
                    try {
                        conversation.receive(JsonInput.utf8(frame));
                    } catch (CharacterCodingException e) {
                        conversation.receive(frame);
                    }
                };
        };
    }

    CommandSettings commands() {
        return commands;
    }

    /**
     * Begins a conversation whose server speaks in this response.
     *
     * @param frame the client's first, which holds the connect command
     */
    void begin(HttpServletRequest request, HttpServletResponse response, Framing framing, byte[] frame)
            throws IOException {
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType(framing.contentType());
        if (framing.format() == Format.JSON) {
            response.setCharacterEncoding("UTF-8");
        }
        response.setHeader("Cache-Control", "no-store, no-transform");
        response.setHeader("X-Accel-Buffering", "no"); // nginx
        response.flushBuffer(); // Liberty ignores the first flush
        AsyncContext context;
        if (request.isAsyncStarted()) { // its body came late, and it has no time limit any more
            context = request.getAsyncContext();
        } else {
            context = request.startAsync();
            context.setTimeout(0);
        }
        StreamConnection stream = StreamConnection.open(context, framing, delivery.sendTimeout());
        String id = freshId();
        Peer peer = conversations.peer(request.getRemoteAddr(), request::getHeader, request::isUserInRole);
        Conversation conversation = conversations.begin(
                stream, new Handshake(framing.format(), peer, framing.transport(), id, request.getUserPrincipal()));
        Upstream upstream = new Upstream(conversation.connectionId(), receiver(conversation, framing.format()));
        open.put(id, upstream);
        streams.add(stream);
        stream.over().thenRun(() -> {
            open.remove(id);
            streams.remove(stream);
            conversation.ended(false);
        });
        upstream.receive(frame);
    }

    /** A client's frame has come, for a session of this node or of another one. Complete at once if it is of this node. */
    CompletionStage<Taken> receive(String session, byte[] frame) {
        return ask(new SessionQuestion(session, frame))
                .thenApply(
                        found -> found.missingNodes().isEmpty() ? found.value().taken() : Taken.LATE);
    }

    @Override
    public CompletionStage<Gathered<Optional<String>>> connection(String session) {
        return ask(new SessionQuestion(session, null))
                .thenApply(found -> found.map(each -> Optional.ofNullable(each.connection())));
    }

    private CompletionStage<Gathered<SessionQuestion.Found>> ask(SessionQuestion question) {
        long node = nodeOf(question.session());
        if (node == others.number() || open.containsKey(question.session())) {
            return CompletableFuture.completedFuture(Gathered.complete(here(question, Runnable::run)));
        }
        // A node that is no longer there has no sessions.
        List<Long> asked = others.others().contains(node) ? List.of(node) : List.of();
        return others.each(question, asked)
                .thenApply(answers -> answers.map(byNode -> byNode.getOrDefault(node, NONE)));
    }

    /** The number at the beginning of a session's id; 0 if there is none; -1 if it is none of ours. */
    private static long nodeOf(String session) {
        int end = session.indexOf(NODE_END);
        try {
            return end < 0 ? 0 : Long.parseLong(session.substring(0, end));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private String freshId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String secret = TEXT.encodeToString(id);
        long node = others.number();
        return node == 0 ? secret : node + String.valueOf(NODE_END) + secret;
    }
}
