package io.holdfast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one reader of request bodies. Hands a body over whole, or refuses the request.
 *
 * <p>A short body is mostly there when its head is, so it is read on the request's thread: that saves a second thread and the
 * asynchronous state of the request. A peer that keeps its body back holds such a thread until the container's read time-out, so
 * only a few threads may wait ({@link #IN_PLACE}), and only for the first bytes. Everything else is read as it comes, without
 * waiting.
 *
 * <p><b>Failure.</b> The response says 400 from the beginning, and only an answer replaces that: an exchange that ends without
 * one, whatever the fault, was refused. Behind a body that was not read to its end nothing more is read from the connection.
 *
 * <p><b>Never dispatched again</b> when the body is there: Liberty runs that dispatch before the first one has let go of the
 * request, and now and then neither answers it (seen with 26.0.0.5: SRVE8046E, one of some hundreds of requests).
 *
 * <p><b>Threads.</b> The container calls the reading methods one at a time, the time limit comes from another thread. The
 * first of them hands the body over or refuses it.
 */
public final class BodyReader implements ReadListener, AsyncListener {
    private static final Logger LOG = Logger.getLogger(BodyReader.class.getName());
    private static final int FIRST_BYTES = 1 << 10;

    /** What a request announces is not believed beyond this. */
    private static final int MOST_FIRST_BYTES = 64 << 10;

    /** The requests whose threads may wait for their bodies. */
    private static final Semaphore IN_PLACE = new Semaphore(4);

    /** Liberty unpacks these on the way (tried); all others it passes on as they are. */
    private static final Set<String> CONTENT_CODINGS = Set.of("identity", "gzip", "x-gzip", "deflate");

    private final AsyncContext context;
    private final ServletInputStream in;
    private final Limits limits;
    private final Taker taker;
    /** The one that completes it answers. */
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

    private byte[] bytes;
    private int length;

    /**
     * How much is read.
     *
     * @param maxBytes a longer body is refused
     * @param time the time limit for the body
     */
    public record Limits(int maxBytes, Duration time) {}

    /**
     * Why a body was not handed over.
     *
     * @param code a fixed word for programs
     */
    public record Refusal(int status, String code, String message) {
        private static final Refusal UNREADABLE =
                new Refusal(400, "unreadable_body", "The body could not be read to its end; nothing was done");
        private static final Refusal LATE = new Refusal(408, "timeout", "The body did not come in time");
        private static final Refusal TRANSFER =
                new Refusal(400, "unknown_encoding", "Transfer-Encoding may be chunked only");
        private static final Refusal CODING =
                new Refusal(415, "unknown_encoding", "Content-Encoding may be gzip or deflate only");
        private static final Refusal MISTAKE =
                new Refusal(500, "internal", "The server has a bug; the server's log describes it");
    }

    /** The receiver of a body. Exactly one of its methods is called, once. */
    public interface Taker {
        /**
         * The whole body has come. The request may be asynchronous already.
         *
         * @param response its status must be set
         * @return whether the response continues; otherwise it is completed
         */
        boolean take(byte[] body, HttpServletRequest request, HttpServletResponse response) throws IOException;

        /** There is no body: answers with the refusal. */
        void refuse(Refusal refusal, HttpServletResponse response) throws IOException;
    }

    private BodyReader(
            AsyncContext context, ServletInputStream in, Limits limits, Taker taker, byte[] bytes, int length) {
        this.context = context;
        this.in = in;
        this.limits = limits;
        this.taker = taker;
        this.bytes = bytes;
        this.length = length;
    }

    /** Reads the body of a request and hands it to the taker when it has come. */
    public static void read(HttpServletRequest request, HttpServletResponse response, Limits limits, Taker taker)
            throws IOException {
        response.setStatus(Refusal.UNREADABLE.status());
        Refusal wrong = wrong(request, limits);
        if (wrong != null) {
            taker.refuse(wrong, ending(request, response));
            return;
        }
        int announced = request.getContentLength();
        // One more than announced: so the end is found without growing.
        byte[] bytes = new byte[announced < 0 ? FIRST_BYTES : Math.min(announced, MOST_FIRST_BYTES) + 1];
        int length = 0;
        if (mayReadInPlace(request, announced) && IN_PLACE.tryAcquire()) {
            try {
                length = readInPlace(request.getInputStream(), bytes, announced);
            } catch (IOException e) {
                gone(e);
                taker.refuse(ofFailure(e), ending(request, response));
                return;
            }
            if (length == announced) {
                take(Arrays.copyOf(bytes, length), request, response, taker);
                return;
            }
        }
        AsyncContext context = request.startAsync();
        context.setTimeout(0); // the container's limit could not be lifted later from a response that goes on
        BodyReader reader = new BodyReader(context, request.getInputStream(), limits, taker, bytes, length);
        context.addListener(reader);
        reader.done.orTimeout(limits.time().toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> {
            context.start(() -> reader.end(Refusal.LATE));
            return null;
        });
        reader.in.setReadListener(reader);
    }

    /** The length tells nothing of a body that comes in chunks or is unpacked on the way. */
    private static boolean mayReadInPlace(HttpServletRequest request, int announced) {
        return announced >= 0
                && announced <= MOST_FIRST_BYTES
                && request.getHeader("Content-Encoding") == null
                && request.getHeader("Transfer-Encoding") == null;
    }

    /**
     * Reads what is there, after waiting for the first of it.
     *
     * @return how much of the body; less than announced where more has yet to come
     * @throws IOException also where the body ends before its announced length
     */
    private static int readInPlace(ServletInputStream in, byte[] body, int announced) throws IOException {
        int length = 0;
        try {
            while (length < announced && (length == 0 || in.available() > 0)) {
                int read = in.read(body, length, announced - length);
                if (read < 0) {
                    throw new EOFException("The body has ended before its announced length");
                }
                length += read;
            }
        } finally {
            IN_PLACE.release();
        }
        return length;
    }

    private static void take(byte[] body, HttpServletRequest request, HttpServletResponse response, Taker taker)
            throws IOException {
        try {
            taker.take(body, request, response);
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "A request failed unexpectedly", e);
            taker.refuse(Refusal.MISTAKE, response);
        }
    }

    /** What the head alone shows; null if nothing is wrong. Liberty hands such a body over as it is (tried). */
    private static @Nullable Refusal wrong(HttpServletRequest request, Limits limits) {
        if (Collections.list(request.getHeaders("Transfer-Encoding")).stream()
                .anyMatch(coding -> !coding.equalsIgnoreCase("chunked"))) {
            return Refusal.TRANSFER;
        }
        List<String> codings = Collections.list(request.getHeaders("Content-Encoding"));
        if (codings.size() > 1
                || !codings.stream().allMatch(text -> CONTENT_CODINGS.contains(text.toLowerCase(Locale.ROOT)))) {
            return Refusal.CODING;
        }
        return request.getContentLengthLong() > limits.maxBytes() ? tooLong(limits) : null;
    }

    private static Refusal tooLong(Limits limits) {
        return new Refusal(413, "too_large", "The body must not exceed " + limits.maxBytes() + " bytes");
    }

    /** The next bytes of the connection may be the rest of the body, so the connection ends with this response. */
    private static HttpServletResponse ending(HttpServletRequest request, HttpServletResponse response) {
        if (request.getProtocol().startsWith("HTTP/1")) {
            response.setHeader("Connection", "close");
        }
        return response;
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!done.isDone() && in.isReady() && !in.isFinished()) {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(limits.maxBytes() + 1, bytes.length * 2));
            }
            int read = in.read(bytes, length, bytes.length - length);
            if (read < 0) {
                return;
            }
            length += read;
            if (length > limits.maxBytes()) {
                refuse(tooLong(limits));
                return;
            }
        }
    }

    @Override
    public void onAllDataRead() {
        if (!done.complete(null)) {
            return;
        }
        byte[] body = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        bytes = new byte[0];
        try {
            if (!taker.take(
                    body, (HttpServletRequest) context.getRequest(), (HttpServletResponse) context.getResponse())) {
                complete();
            }
        } catch (IOException e) {
            gone(e);
            complete();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "A request failed unexpectedly", e);
            end(Refusal.MISTAKE);
        }
    }

    @Override
    public void onError(Throwable failure) {
        gone(failure);
        refuse(ofFailure(failure));
    }

    private static Refusal ofFailure(Throwable failure) {
        return failure instanceof SocketTimeoutException ? Refusal.LATE : Refusal.UNREADABLE;
    }

    @Override
    public void onError(AsyncEvent event) {
        gone(event.getThrowable());
        refuse(Refusal.UNREADABLE);
    }

    private void refuse(Refusal refusal) {
        if (done.complete(null)) {
            end(refusal);
        }
    }

    private void end(Refusal refusal) {
        try {
            taker.refuse(refusal, ending((HttpServletRequest) context.getRequest(), (HttpServletResponse)
                    context.getResponse()));
        } catch (IOException | IllegalStateException e) {
            gone(e);
        }
        complete();
    }

    private static void gone(@Nullable Throwable failure) {
        LOG.log(Level.FINE, "A peer has closed its connection, or sent an invalid body", failure);
    }

    private void complete() {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINEST, "It was complete", e);
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
