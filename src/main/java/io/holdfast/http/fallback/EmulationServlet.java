package io.holdfast.http.fallback;

import io.holdfast.http.BodyReader;
import io.holdfast.json.JsonInput;
import io.holdfast.protocol.EmulationRequest;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Receives the frames of clients on fallback transports: each request brings one frame for a session. */
@WebServlet(urlPatterns = "/emulation", asyncSupported = true)
public class EmulationServlet extends FallbackServlet {
    private static final long serialVersionUID = 1L;

    /** As a JSON string the frame is twice as long, where every second character is escaped; and the names come on top. */
    private static final int MOST_GROWTH = 4;

    private static final int TOO_MANY_REQUESTS = 429;

    private final transient Sessions sessions;

    @Inject
    public EmulationServlet(Sessions sessions) {
        super("POST");
        this.sessions = sessions;
    }

    @Override
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int limit = sessions.commands().maxFrameBytes();
        Duration time = sessions.commands().connectTimeout();
        read(request, response, new BodyReader.Limits(limit * MOST_GROWTH, time), (body, binary) -> {
            EmulationRequest call =
                    binary ? EmulationRequest.parse(body) : EmulationRequest.parse(JsonInput.utf8(body));
            take(call, limit, response);
            return false;
        });
    }

    private void take(@Nullable EmulationRequest call, int limit, HttpServletResponse response) throws IOException {
        if (call == null) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "The body must have session, node and data");
        } else if (call.data().length > limit) {
            refuse(
                    response,
                    HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                    "The frame must not exceed " + limit + " bytes");
        } else {
            hand(call, response);
        }
    }

    private void hand(EmulationRequest call, HttpServletResponse response) throws IOException {
        Upstream upstream = call.node().equals(sessions.commands().node()) ? sessions.find(call.session()) : null;
        if (upstream == null) {
            refuse(response, HttpServletResponse.SC_NOT_FOUND, "There is no such session on this node");
        } else if (upstream.receive(call.data())) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            refuse(response, TOO_MANY_REQUESTS, "Too many frames of this session wait already; this one was refused");
        }
    }
}
