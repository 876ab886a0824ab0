package io.holdfast.websocket;

import io.holdfast.commands.Format;
import io.holdfast.commands.Peer;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the endpoints, carries the peer from the handshake into the WebSocket session, and says which format a session speaks. One
 * instance for each endpoint class; any thread.
 */
public abstract class HandshakeConfigurator extends ServerEndpointConfig.Configurator {
    static final String JSON = "centrifuge-json";
    static final String PROTOBUF = "centrifuge-protobuf";

    /** The session property that has the peer. */
    private static final String PROPERTY = "io.holdfast.peer";

    /** That of the handshake on this thread: the container shows its address only to filters. */
    private static final ThreadLocal<Peer> PEER = new ThreadLocal<>();

    /** Makes an endpoint for each connection, with the beans that were looked up for the first one. */
    private volatile @Nullable Supplier<?> endpoints;

    /** A handshake begins on this thread. */
    static void begin(Peer peer) {
        PEER.set(peer);
    }

    static void end() {
        PEER.remove();
    }

    /** A session's peer. */
    static Peer peer(Session session) {
        return session.getUserProperties().get(PROPERTY) instanceof Peer peer ? peer : Peer.UNKNOWN;
    }

    @Override
    public boolean checkOrigin(String originHeaderValue) {
        // HandshakeFilter has decided, since the host is not known here.
        return true;
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        Peer peer = PEER.get();
        if (peer != null) {
            config.getUserProperties().put(PROPERTY, peer);
        }
    }

    /** There are none, and so nothing is to be compared. */
    @Override
    public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
        return List.of();
    }

    /** Without an injection for each connection: what an endpoint needs are the same beans for all. */
    @Override
    public final <T> T getEndpointInstance(Class<T> endpointClass) {
        Supplier<?> made = endpoints;
        if (made == null) {
            made = endpoints();
            endpoints = made;
        }
        return endpointClass.cast(made.get());
    }

    /** Looks up the beans that the endpoints need. */
    abstract Supplier<?> endpoints();

    static <B> B bean(Class<B> type) {
        return CDI.current().select(type).get();
    }

    /** What the client asked for: by its subprotocol, or by the query where it offers none; JSON if it says nothing. */
    static Format format(Session session) {
        String subprotocol = session.getNegotiatedSubprotocol();
        if (subprotocol != null && !subprotocol.isEmpty()) {
            return subprotocol.equals(PROTOBUF) ? Format.PROTOBUF : Format.JSON;
        }
        Map<String, List<String>> query = session.getRequestParameterMap();
        boolean protobuf = query.getOrDefault("cf_protocol", List.of()).contains("protobuf")
                || query.getOrDefault("format", List.of()).contains("protobuf");
        return protobuf ? Format.PROTOBUF : Format.JSON;
    }
}
