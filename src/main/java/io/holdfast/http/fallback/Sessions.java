package io.holdfast.http.fallback;

import io.holdfast.commands.CommandSettings;
import io.holdfast.commands.Conversation;
import io.holdfast.commands.Conversations;
import io.holdfast.commands.Format;
import io.holdfast.commands.Handshake;
import io.holdfast.commands.Peer;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.http.LiveSessions;
import io.holdfast.json.JsonInput;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The conversations over fallback transports, by their session ids. Such an id is a secret: a program that knows it can send as
 * that client. Only the connect reply contains it, and it is never logged. Any thread.
 */
@ApplicationScoped
class Sessions implements LiveSessions {
    private static final int ID_BYTES = 24;
    private static final long PROBE_MILLIS = 2_000;
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder();

    private final Conversations conversations;
    private final CommandSettings commands;
    private final DeliverySettings delivery;
    private final ManagedScheduledExecutorService scheduler;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<String, Upstream> open = new ConcurrentHashMap<>();
    private final Set<StreamConnection> streams = ConcurrentHashMap.newKeySet();
    private @Nullable ScheduledFuture<?> probes;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected Sessions() {
        this(null, null, null, null);
    }

    @Inject
    Sessions(
            Conversations conversations,
            CommandSettings commands,
            DeliverySettings delivery,
            ManagedScheduledExecutorService scheduler) {
        this.conversations = conversations;
        this.commands = commands;
        this.delivery = delivery;
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

    /** The conversation of a session; null if there is none, or if it has ended. */
    @Nullable
    Upstream find(String session) {
        return open.get(session);
    }

    @Override
    public @Nullable String connection(String session) {
        Upstream upstream = open.get(session);
        return upstream == null ? null : upstream.connection();
    }

    private String freshId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return TEXT.encodeToString(id);
    }
}
