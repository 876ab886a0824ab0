package io.holdfast.websocket;

import io.holdfast.commands.Format;
import io.holdfast.commands.Peer;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/** Carries the peer from the handshake into the WebSocket session, and says which format a session speaks. */
public class HandshakeConfigurator extends ServerEndpointConfig.Configurator {
    static final String JSON = "centrifuge-json";
    static final String PROTOBUF = "centrifuge-protobuf";

    /** The session property that has the peer. */
    private static final String PROPERTY = "io.holdfast.peer";

    /** That of the handshake on this thread: the container shows its address only to filters. */
    private static final ThreadLocal<Peer> PEER = new ThreadLocal<>();

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
