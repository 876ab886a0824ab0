package io.holdfast.websocket;

import io.holdfast.commands.Conversation;
import io.holdfast.commands.Conversations;
import io.holdfast.commands.Format;
import io.holdfast.commands.Handshake;
import io.holdfast.delivery.DeliverySettings;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint for WebSocket clients. One instance for each connection; the container calls it with one message at a time, on
 * threads that must not be blocked.
 */
@ServerEndpoint(
        value = "/connection/websocket",
        subprotocols = {HandshakeConfigurator.JSON, HandshakeConfigurator.PROTOBUF},
        configurator = WebSocketEndpoint.Configurator.class)
@Dependent
public class WebSocketEndpoint {
    private static final Logger LOG = Logger.getLogger(WebSocketEndpoint.class.getName());

    private static final int NORMAL = 1000;
    private static final int GOING_AWAY = 1001;
    private static final int APPLICATION_CODES = 3000;

    @Inject
    @SuppressWarnings("NullAway.Init")
    private Conversations conversations;

    @Inject
    @SuppressWarnings("NullAway.Init")
    private DeliverySettings settings;

    private final MessageAssembler<String> text = MessageAssembler.ofText();
    private final MessageAssembler<byte[]> bytes = MessageAssembler.ofBytes();
    private @Nullable Conversation conversation;

    /** For containers that make endpoints themselves. */
    public WebSocketEndpoint() {}

    private WebSocketEndpoint(Conversations conversations, DeliverySettings settings) {
        this.conversations = conversations;
        this.settings = settings;
    }

    @OnOpen
    public void open(Session session) {
        session.setMaxIdleTimeout(0);
        Format format = HandshakeConfigurator.format(session);
        conversation = conversations.begin(
                WebSocketConnection.of(session, settings.sendTimeout(), format),
                Handshake.of(format, HandshakeConfigurator.peer(session), session.getUserPrincipal()));
    }

    /**
     * In parts, since the container puts the fragments of whole messages together without any limit until the last has come
     * (measured; its limit is for each frame). The price: it reads each part as UTF-8, so a fragment that ends within a
     * character is closed with 1007. Without {@code maxMessageSize}, which is for whole messages only: Liberty ignores it here,
     * and Tyrus 2.2 then hands no part on that is an array.
     */
    @OnMessage
    public void receive(String part, boolean last) {
        String message = text.add(part, last);
        if (message != null && conversation != null) {
            conversation.receive(message);
        }
    }

    @OnMessage
    public void receive(byte[] part, boolean last) {
        byte[] message = bytes.add(part, last);
        if (message != null && conversation != null) {
            conversation.receive(message);
        }
    }

    @OnClose
    public void close(CloseReason reason) {
        if (conversation != null) {
            int code = reason.getCloseCode().getCode();
            conversation.ended(code == NORMAL || code == GOING_AWAY || code >= APPLICATION_CODES);
        }
    }

    @OnError
    public void error(Throwable error) {
        LOG.log(Level.FINE, "A WebSocket connection failed", error);
    }

    /** The container requires a public class with a public constructor without arguments. */
    public static final class Configurator extends HandshakeConfigurator {
        @Override
        Supplier<WebSocketEndpoint> endpoints() {
            Conversations conversations = bean(Conversations.class);
            DeliverySettings settings = bean(DeliverySettings.class);
            return () -> new WebSocketEndpoint(conversations, settings);
        }
    }
}
