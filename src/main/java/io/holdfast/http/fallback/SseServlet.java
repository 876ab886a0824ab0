package io.holdfast.http.fallback;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes the client's first frame from the query, {@code cf_connect}, and answers with server-sent events. */
@WebServlet(urlPatterns = "/connection/sse", asyncSupported = true)
public class SseServlet extends FallbackServlet {
    private static final long serialVersionUID = 1L;

    private final transient Sessions sessions;

    @Inject
    public SseServlet(Sessions sessions) {
        super("GET");
        this.sessions = sessions;
    }

    @Override
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String frame = firstFrame(request);
        if (frame == null) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "The query must have cf_connect, a connect command");
        } else {
            sessions.begin(request, response, Framing.EVENTS, frame.getBytes(UTF_8));
        }
    }

    private static @Nullable String firstFrame(HttpServletRequest request) throws IOException {
        try {
            request.setCharacterEncoding("UTF-8"); // for Liberty it is ISO 8859-1 in the query, unless told
            return request.getParameter("cf_connect");
        } catch (IllegalArgumentException | IllegalStateException e) { // the latter is Liberty's way
            return null;
        }
    }
}
