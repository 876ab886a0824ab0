package io.holdfast.http.fallback;

import io.holdfast.protocol.JsonInput;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request as it comes, without waiting for it.
 *
 * <p><b>Never dispatched again</b> when it is there: Liberty runs that dispatch before the first one has let go of the
 * request, and now and then neither answers it (seen with 26.0.0.5: SRVE8046E, one of some hundreds of requests).
 *
 * <p><b>Threads.</b> The container calls the reading methods one at a time, the time limit comes from another. Whoever comes
 * first takes the body or refuses it.
 */
final class Body implements ReadListener, AsyncListener {
    private static final Logger LOG = Logger.getLogger(Body.class.getName());
    private static final int FIRST_BYTES = 1 << 10;

    private final AsyncContext context;
    private final ServletInputStream in;
    private final int maxBytes;
    private final Taker taker;
    /** Who completes it answers. */
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    private Body(AsyncContext context, ServletInputStream in, int maxBytes, Taker taker) {
        this.context = context;
        this.in = in;
        this.maxBytes = maxBytes;
        this.taker = taker;
    }

    /** Who wants the body. */
    interface Taker {
        /** @return false if the response goes on after this */
        boolean take(String body) throws IOException;
    }

    /**
     * Reads the body of a request and hands it to the taker, at once if it is there, else when it has come.
     *
     * @param maxBytes what is longer is refused with 413
     * @param limit what is not there by then is refused with 408
     */
    static void read(
            HttpServletRequest request, HttpServletResponse response, int maxBytes, Duration limit, Taker taker)
            throws IOException {
        if (!isJson(request.getContentType())) {
            FallbackServlet.refuse(response, HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE, "The body must be JSON");
            return;
        }
        if (request.getContentLengthLong() > maxBytes) {
            FallbackServlet.refuse(response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, tooLong(maxBytes));
            return;
        }
        int announced = request.getContentLength();
        ServletInputStream in = request.getInputStream();
        if (announced >= 0 && in.available() >= announced) {
            take(in.readNBytes(announced), response, taker);
            return;
        }
        AsyncContext context = request.startAsync();
        context.setTimeout(0); // the container's limit could not be lifted later from a response that goes on
        Body body = new Body(context, in, maxBytes, taker);
        context.addListener(body);
        body.done.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).exceptionallyAsync(late -> body.tooLate());
        in.setReadListener(body);
    }

    private static boolean take(byte[] body, HttpServletResponse response, Taker taker) throws IOException {
        String text;
        try {
            text = JsonInput.utf8(body);
        } catch (CharacterCodingException e) {
            FallbackServlet.refuse(response, HttpServletResponse.SC_BAD_REQUEST, "The body is not UTF-8");
            return true;
        }
        return taker.take(text);
    }

    static String tooLong(int maxBytes) {
        return "Longer than " + maxBytes + " bytes";
    }

    /** Whatever a client calls it, except for what the SDKs send for Protobuf. */
    private static boolean isJson(@Nullable String contentType) {
        return contentType == null || !contentType.toLowerCase(Locale.ROOT).startsWith("application/octet-stream");
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!done.isDone() && in.isReady() && !in.isFinished()) {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(maxBytes + 1, bytes.length * 2));
            }
            int read = in.read(bytes, length, bytes.length - length);
            if (read < 0) {
                return;
            }
            length += read;
            if (length > maxBytes) {
                refuse(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, tooLong(maxBytes));
                return;
            }
        }
    }

    @Override
    public void onAllDataRead() throws IOException {
        if (done.complete(null)) {
            boolean over = true;
            try {
                over = take(Arrays.copyOf(bytes, length), (HttpServletResponse) context.getResponse(), taker);
            } finally {
                if (over) {
                    complete();
                }
            }
        }
    }

    private @Nullable Void tooLate() {
        end(HttpServletResponse.SC_REQUEST_TIMEOUT, "The body did not come in time");
        return null;
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(Throwable failure) {
        gone(failure);
    }

    @Override
    public void onError(AsyncEvent event) {
        gone(event.getThrowable());
    }

    private void refuse(int status, String why) {
        if (done.complete(null)) {
            end(status, why);
        }
    }

    private void end(int status, String why) {
        try {
            FallbackServlet.refuse((HttpServletResponse) context.getResponse(), status, why);
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.FINE, "A peer has gone", e);
        }
        complete();
    }

    private void gone(@Nullable Throwable failure) {
        LOG.log(Level.FINE, "A peer has gone", failure);
        if (done.complete(null)) {
            complete();
        }
    }

    private void complete() {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINEST, "It was complete", e);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
