package io.holdfast.websocket;

import io.holdfast.commands.Format;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/** Carries the peer's address from the handshake into the WebSocket session, and says which format a session speaks. */
public class HandshakeConfigurator extends ServerEndpointConfig.Configurator {
    static final String JSON = "centrifuge-json";
    static final String PROTOBUF = "centrifuge-protobuf";

    /** The session property that has the address of the peer. */
    private static final String ADDRESS = "io.holdfast.address";

    /** The address of the handshake on this thread: the container gives it only to filters. */
    private static final ThreadLocal<String> PEER = new ThreadLocal<>();

    /** A handshake begins on this thread. */
    static void begin(String address) {
        PEER.set(address);
    }

    static void end() {
        PEER.remove();
    }

    /** Of a session's peer; empty if it is not known. */
    static String address(Session session) {
        return session.getUserProperties().get(ADDRESS) instanceof String address ? address : "";
    }

    @Override
    public boolean checkOrigin(String originHeaderValue) {
        // HandshakeFilter has decided, since the host is not known here.
        return true;
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        String address = PEER.get();
        if (address != null) {
            config.getUserProperties().put(ADDRESS, address);
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
