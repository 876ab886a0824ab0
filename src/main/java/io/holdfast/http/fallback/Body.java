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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request as it comes, without waiting for it, and then has the request dispatched again.
 *
 * <p><b>Threads.</b> The container calls the reading methods one at a time, the time limit comes from another. Whoever comes
 * first dispatches or refuses.
 */
final class Body implements ReadListener, AsyncListener {
    private static final Logger LOG = Logger.getLogger(Body.class.getName());
    private static final String ATTRIBUTE = Body.class.getName();
    private static final int FIRST_BYTES = 1 << 10;

    private final AsyncContext context;
    private final ServletInputStream in;
    private final int maxBytes;
    private final AtomicBoolean done = new AtomicBoolean();
    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    private Body(AsyncContext context, ServletInputStream in, int maxBytes) {
        this.context = context;
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /**
     * The body of a request, if it is there.
     *
     * @param maxBytes what is longer is refused with 413
     * @param limit what is not there by then is refused with 408
     * @return null if the request has been refused, or will come again when the body is there
     */
    static @Nullable String of(HttpServletRequest request, HttpServletResponse response, int maxBytes, Duration limit)
            throws IOException {
        byte[] whole = (byte[]) request.getAttribute(ATTRIBUTE);
        int announced = request.getContentLength();
        if (whole == null) {
            if (!isJson(request.getContentType())) {
                FallbackServlet.refuse(
                        response, HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE, "The body must be JSON");
                return null;
            }
            if (request.getContentLengthLong() > maxBytes) {
                FallbackServlet.refuse(response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, tooLong(maxBytes));
                return null;
            }
            ServletInputStream in = request.getInputStream();
            if (announced < 0 || in.available() < announced) {
                readAsItComes(request, in, maxBytes, limit);
                return null;
            }
            whole = in.readNBytes(announced);
        }
        try {
            return JsonInput.utf8(whole);
        } catch (CharacterCodingException e) {
            FallbackServlet.refuse(response, HttpServletResponse.SC_BAD_REQUEST, "The body is not UTF-8");
            return null;
        }
    }

    static String tooLong(int maxBytes) {
        return "Longer than " + maxBytes + " bytes";
    }

    /** Whatever a client calls it, except for what the SDKs send for Protobuf. */
    private static boolean isJson(@Nullable String contentType) {
        return contentType == null || !contentType.toLowerCase(Locale.ROOT).startsWith("application/octet-stream");
    }

    private static void readAsItComes(HttpServletRequest request, ServletInputStream in, int maxBytes, Duration limit) {
        AsyncContext context = request.startAsync();
        context.setTimeout(limit.toMillis());
        Body body = new Body(context, in, maxBytes);
        context.addListener(body);
        in.setReadListener(body);
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!done.get() && in.isReady() && !in.isFinished()) {
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
    public void onAllDataRead() {
        if (done.compareAndSet(false, true)) {
            context.getRequest().setAttribute(ATTRIBUTE, Arrays.copyOf(bytes, length));
            context.dispatch();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        refuse(HttpServletResponse.SC_REQUEST_TIMEOUT, "The body did not come in time");
    }

    @Override
    public void onError(Throwable failure) {
        gone(failure);
    }

    @Override
    public void onError(AsyncEvent event) {
        gone(event.getThrowable());
    }

    private void refuse(int status, String why) {
        if (done.compareAndSet(false, true)) {
            try {
                FallbackServlet.refuse((HttpServletResponse) context.getResponse(), status, why);
            } catch (IOException | IllegalStateException e) {
                LOG.log(Level.FINE, "A peer has gone", e);
            }
            complete();
        }
    }

    private void gone(@Nullable Throwable failure) {
        LOG.log(Level.FINE, "A peer has gone", failure);
        if (done.compareAndSet(false, true)) {
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
