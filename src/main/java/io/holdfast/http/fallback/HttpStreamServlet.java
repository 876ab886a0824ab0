package io.holdfast.http.fallback;

import io.holdfast.http.BodyReader;
import io.holdfast.json.JsonInput;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Takes the client's first frame as the body of a POST and answers with a response that has no end: frames as lines, or as they are. */
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
        read(request, response, limits, (frame, binary) -> {
            if (!binary) {
                JsonInput.utf8(frame);
            }
            sessions.begin(request, response, binary ? Framing.MESSAGES : Framing.LINES, frame);
            return true;
        });
    }
}
