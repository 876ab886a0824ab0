package io.holdfast.bench.bare;

import jakarta.websocket.OnClose;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What one writes without Holdfast: everybody who is connected gets a blocking send on the publishing thread. */
@ServerEndpoint("/socket")
public class Sockets {
    private static final Set<Session> OPEN = ConcurrentHashMap.newKeySet();
    private static long published;

    @OnOpen
    public void open(Session session) {
        OPEN.add(session);
    }

    @OnClose
    public void close(Session session) {
        OPEN.remove(session);
    }

    /** One publication after the other, since two sends to one session must not overlap. */
    static synchronized void publish(String data) {
        published++;
        String message = "{\"push\":{\"channel\":\"bench\",\"pub\":{\"data\":" + data + ",\"offset\":" + published + "}}}";
        for (Session session : OPEN) {
            try {
                session.getBasicRemote().sendText(message);
            } catch (IOException | IllegalStateException e) {
                OPEN.remove(session);
            }
        }
    }
}
