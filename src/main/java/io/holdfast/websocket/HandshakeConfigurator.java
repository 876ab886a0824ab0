package io.holdfast.websocket;

import jakarta.servlet.http.HttpSession;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/** Tidies up after the handshake: Liberty makes an HttpSession for each, which would live for 30 minutes. */
public class HandshakeConfigurator extends ServerEndpointConfig.Configurator {

    @Override
    public boolean checkOrigin(String originHeaderValue) {
        // HandshakeFilter has decided, since the host is not known here.
        return true;
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        if (request.getHttpSession() instanceof HttpSession session) {
            session.invalidate();
        }
    }

    /** Whether the client asks in the query for the format that is not spoken here yet. */
    static boolean wantsProtobuf(Session session) {
        Map<String, List<String>> query = session.getRequestParameterMap();
        return query.getOrDefault("cf_protocol", List.of()).contains("protobuf")
                || query.getOrDefault("format", List.of()).contains("protobuf");
    }
}
