package io.holdfast.http.fallback;

import io.holdfast.http.BodyReader;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Takes the client's first frame as the body of a POST and answers with a response that has no end: frames as lines. */
@WebServlet(urlPatterns = "/connection/http_stream", asyncSupported = true)
public class HttpStreamServlet extends FallbackServlet {
    private static final long serialVersionUID = 1L;

    private final transient Sessions sessions;

    @Inject
    public HttpStreamServlet(Sessions sessions) {
        super("POST");
        this.sessions = sessions;
    }

    @Override
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        BodyReader.Limits limits = new BodyReader.Limits(
                sessions.commands().maxFrameBytes(), sessions.commands().connectTimeout());
        read(request, response, limits, frame -> {
            sessions.begin(request, response, Framing.LINES, frame);
            return true;
        });
    }
}
