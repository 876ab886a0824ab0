package io.holdfast.websocket;

import io.holdfast.cluster.HttpTransport;
import io.holdfast.cluster.LinkAcceptor;
import io.holdfast.cluster.LinkConnection;
import io.holdfast.cluster.LinkReceiver;
import io.holdfast.commands.Format;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint for links of other nodes. One instance for each; the container calls it with one message at a time, on threads
 * that must not be blocked. What comes counts only after the peer has proven that it knows the cluster's secret.
 */
@ServerEndpoint(value = "/" + HttpTransport.PATH, configurator = LinkEndpoint.Configurator.class)
@Dependent
public class LinkEndpoint {
    private static final Logger LOG = Logger.getLogger(LinkEndpoint.class.getName());
    private static final Ending OVER = new Ending(1001, "link closed"); // RFC 6455, section 7.4.1: going away

    @Inject
    @SuppressWarnings("NullAway.Init")
    private LinkAcceptor links;

    @Inject
    @SuppressWarnings("NullAway.Init")
    private DeliverySettings settings;

    private final MessageAssembler<byte[]> frames = MessageAssembler.ofBytes(LinkReceiver.MAX_FRAME_BYTES);
    private @Nullable LinkReceiver link;

    /** For containers that make endpoints themselves. */
    public LinkEndpoint() {}

    private LinkEndpoint(LinkAcceptor links, DeliverySettings settings) {
        this.links = links;
        this.settings = settings;
    }

    @OnOpen
    public void open(Session session) {
        session.setMaxIdleTimeout(0);
        Connection connection = WebSocketConnection.of(session, settings.sendTimeout(), Format.PROTOBUF);
        link = links.accept(
                new Written(connection), HandshakeConfigurator.peer(session).address());
        if (link == null) {
            connection.close(OVER);
        }
    }

    @OnMessage
    public void receive(byte[] part, boolean last) {
        byte[] frame = frames.add(part, last);
        if (frame != null && link != null) {
            link.received(frame);
        }
    }

    @OnClose
    public void close(CloseReason reason) {
        if (link != null) {
            link.ended("closed with " + reason.getCloseCode().getCode());
        }
    }

    @OnError
    public void error(Throwable error) {
        LOG.log(Level.FINE, "A link of another node failed", error);
    }

    /** Writes asynchronously, since a blocking write to a node that was stopped would block for ever. */
    private record Written(Connection connection) implements LinkConnection {
        @Override
        public CompletionStage<?> send(byte[] frame) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            try {
                connection.sendAsync(frame, frame.length, failure -> {
                    if (failure == null) {
                        sent.complete(null);
                    } else {
                        sent.completeExceptionally(failure);
                    }
                });
            } catch (IOException e) {
                sent.completeExceptionally(e);
            }
            return sent;
        }

        @Override
        public void close() {
            connection.close(OVER);
        }
    }

    /** The container requires a public class with a public constructor without arguments. */
    public static final class Configurator extends HandshakeConfigurator {
        @Override
        Supplier<LinkEndpoint> endpoints() {
            LinkAcceptor links = bean(LinkAcceptor.class);
            DeliverySettings settings = bean(DeliverySettings.class);
            return () -> new LinkEndpoint(links, settings);
        }
    }
}
