package io.holdfast.http.fallback;

import io.holdfast.http.BodyReader;
import io.holdfast.json.JsonInput;
import io.holdfast.protocol.EmulationRequest;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Receives the frames of clients on fallback transports: each request brings one frame for a session. */
@WebServlet(urlPatterns = "/emulation", asyncSupported = true)
public class EmulationServlet extends FallbackServlet {
    private static final long serialVersionUID = 1L;

    /** As a JSON string the frame is twice as long, where every second character is escaped; and the names come on top. */
    private static final int MOST_GROWTH = 4;

    private static final int TOO_MANY_REQUESTS = 429;

    private static final Logger LOG = Logger.getLogger(EmulationServlet.class.getName());

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
            return take(call, limit, request, response);
        });
    }

    /** @return whether it is answered later */
    private boolean take(
            @Nullable EmulationRequest call, int limit, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (call == null) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, "The body must have session, node and data");
        } else if (call.data().length > limit) {
            refuse(
                    response,
                    HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                    "The frame must not exceed " + limit + " bytes");
        } else {
            return hand(call, request, response);
        }
        return false;
    }

    private boolean hand(EmulationRequest call, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        CompletableFuture<Taken> taken =
                sessions.receive(call.session(), call.data()).toCompletableFuture();
        if (taken.isDone()) {
            answer(taken.join(), response);
            return false;
        }
        answerLater(taken, request.isAsyncStarted() ? request.getAsyncContext() : request.startAsync());
        return true;
    }

    private static void answerLater(CompletableFuture<Taken> taken, AsyncContext context) {
        context.setTimeout(0);
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        taken.thenAccept(later -> {
            try {
                answer(later, response);
            } catch (IOException | IllegalStateException e) {
                LOG.log(Level.FINE, "A client has not waited for the answer to its frame", e);
            }
            context.complete();
        });
    }

    private static void answer(Taken taken, HttpServletResponse response) throws IOException {
        switch (taken) {
            case YES -> response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            case FULL ->
                refuse(
                        response,
                        TOO_MANY_REQUESTS,
                        "Too many frames of this session wait already; this one was refused");
            case UNKNOWN -> refuse(response, HttpServletResponse.SC_NOT_FOUND, "There is no such session");
            case LATE ->
                refuse(
                        response,
                        HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        "The node of this session has not answered in time; it may have got the frame");
        }
    }
}
