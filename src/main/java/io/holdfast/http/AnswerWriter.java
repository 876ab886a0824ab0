package io.holdfast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes answers: short ones at once, since the socket's buffer takes them; long ones piece by piece as the peer reads, so
 * that no thread waits for it.
 */
final class AnswerWriter implements WriteListener {
    private static final Logger LOG = Logger.getLogger(AnswerWriter.class.getName());
    private static final int AT_ONCE_BYTES = 16 << 10;

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final byte[] json;
    private int written;

    private AnswerWriter(AsyncContext context, ServletOutputStream out, byte[] json) {
        this.context = context;
        this.out = out;
        this.json = json;
    }

    /** Whether it may be written without waiting for the peer. */
    private static boolean fitsAtOnce(Answer answer) {
        return answer.json().length <= AT_ONCE_BYTES;
    }

    /** Answers a request now, if the answer is there and short, or when it is there, which the call itself limits. */
    static void answer(HttpServletRequest request, HttpServletResponse response, CompletableFuture<Answer> answer)
            throws IOException {
        if (request.isAsyncStarted()) {
            answer(request.getAsyncContext(), answer);
            return;
        }
        if (answer.isDone()) {
            Answer done = answer.exceptionally(Failures::answer).join();
            if (fitsAtOnce(done)) {
                write(response, done);
                return;
            }
        }
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        answer(context, answer);
    }

    /** Answers when the answer is there, and completes. */
    private static void answer(AsyncContext context, CompletableFuture<Answer> answer) {
        answer.exceptionally(Failures::answer).thenAccept(done -> {
            try {
                write(context, done);
            } catch (IOException | IllegalStateException e) {
                gone(e);
                complete(context);
            }
        });
    }

    /** Writes a short answer. */
    static void write(HttpServletResponse response, Answer answer) throws IOException {
        head(response, answer);
        response.getOutputStream().write(answer.json());
    }

    /** Writes an answer of any length and completes. */
    private static void write(AsyncContext context, Answer answer) throws IOException {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        if (fitsAtOnce(answer)) {
            write(response, answer);
            context.complete();
        } else {
            head(response, answer);
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new AnswerWriter(context, out, answer.json()));
        }
    }

    private static void head(HttpServletResponse response, Answer answer) {
        response.setStatus(answer.status());
        response.setContentType("application/json");
        response.setContentLength(answer.json().length);
        response.setHeader("Cache-Control", "no-store");
        if (answer.retryAfterSeconds() > 0) {
            response.setIntHeader("Retry-After", answer.retryAfterSeconds());
        }
        if (answer.allow() != null) {
            response.setHeader("Allow", answer.allow());
        }
    }

    @Override
    public void onWritePossible() throws IOException {
        while (out.isReady()) {
            if (written == json.length) {
                context.complete();
                return;
            }
            int piece = Math.min(AT_ONCE_BYTES, json.length - written);
            int from = written;
            written += piece;
            out.write(json, from, piece);
        }
    }

    @Override
    public void onError(Throwable failure) {
        gone(failure);
        complete(context);
    }

    private static void complete(AsyncContext context) {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINEST, "It was complete", e);
        }
    }

    private static void gone(Throwable failure) {
        LOG.log(Level.FINE, "A caller of the server API has closed its connection", failure);
    }
}
