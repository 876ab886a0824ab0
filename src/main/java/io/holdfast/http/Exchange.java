package io.holdfast.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One call with a body: reads it as it comes, carries it out, answers once.
 *
 * <p><b>Threads.</b> The container calls the reading methods one at a time; the answer comes from whichever thread
 * completes the call; the time limit from another. Whoever comes first answers.
 *
 * <p><b>Failure.</b> A peer that has gone is nobody's error: logged at FINE.
 */
final class Exchange implements ReadListener, AsyncListener {
    private static final Logger LOG = Logger.getLogger(Exchange.class.getName());

    /** For body and receipt together; above the longest that the manager may take (20 s). */
    private static final long TIME_LIMIT_MILLIS = 30_000;

    private static final int FIRST_BYTES = 1 << 10;

    /** What is done with a body of limited size. */
    record Incoming(int maxBytes, Carrier call) {}

    interface Carrier {
        /** @throws IOException if the body is not JSON */
        CompletionStage<Answer> answer(byte[] body) throws IOException;
    }

    private final AsyncContext context;
    private final ServletInputStream in;
    private final Incoming call;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean bodyComplete;
    private byte[] body;
    private int length;

    private Exchange(AsyncContext context, ServletInputStream in, Incoming call, int expectedBytes) {
        this.context = context;
        this.in = in;
        this.call = call;
        this.body = new byte[expectedBytes];
    }

    /**
     * Carries out a call. Where the whole body has come with the request, which is the rule, it is read at once and no
     * timer watches over it, since receipts have their own limit: half the CPU of the other way (measured).
     */
    static void begin(HttpServletRequest request, HttpServletResponse response, Incoming call) throws IOException {
        int announced = request.getContentLength();
        ServletInputStream in = request.getInputStream();
        if (announced > 0 && in.available() >= announced) {
            carryOut(request, response, call, in.readNBytes(announced));
        } else {
            readAsItComes(request, call);
        }
    }

    private static void carryOut(HttpServletRequest request, HttpServletResponse response, Incoming call, byte[] body)
            throws IOException {
        CompletableFuture<Answer> answer;
        try {
            answer = call.call().answer(body).toCompletableFuture();
        } catch (IOException e) {
            answer = CompletableFuture.completedFuture(Answer.malformed());
        } catch (RuntimeException e) {
            answer = CompletableFuture.completedFuture(Failures.answer(e));
        }
        answerWhenDone(request, response, answer);
    }

    /** Answers now, if it is done and short, or when it is done, which the call itself limits. */
    static void answerWhenDone(
            HttpServletRequest request, HttpServletResponse response, CompletableFuture<Answer> answer)
            throws IOException {
        if (answer.isDone()) {
            Answer done = answer.exceptionally(Failures::answer).join();
            if (AnswerWriter.fitsAtOnce(done)) {
                AnswerWriter.write(response, done);
                return;
            }
        }
        AsyncContext context = request.startAsync();
        context.setTimeout(0);
        answer.exceptionally(Failures::answer).thenAccept(done -> {
            try {
                AnswerWriter.write(context, done);
            } catch (IOException | IllegalStateException e) {
                gone(e);
                complete(context);
            }
        });
    }

    private static void readAsItComes(HttpServletRequest request, Incoming call) throws IOException {
        // One more than announced: so the end is found without growing. What is announced is not believed beyond 64
        // KiB.
        int announced = request.getContentLength();
        int expected = announced < 0 ? FIRST_BYTES : Math.min(announced, 64 << 10) + 1;
        AsyncContext context = request.startAsync();
        context.setTimeout(TIME_LIMIT_MILLIS);
        Exchange exchange = new Exchange(context, request.getInputStream(), call, expected);
        context.addListener(exchange);
        exchange.in.setReadListener(exchange);
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (!answered.get() && in.isReady() && !in.isFinished()) {
            if (length == body.length) {
                body = Arrays.copyOf(body, Math.min(call.maxBytes() + 1, body.length * 2));
            }
            int read = in.read(body, length, body.length - length);
            if (read < 0) {
                return;
            }
            length += read;
            if (length > call.maxBytes()) {
                answer(Answer.tooLarge(call.maxBytes()));
                return;
            }
        }
    }

    @Override
    public void onAllDataRead() {
        if (answered.get()) {
            return;
        }
        bodyComplete = true;
        byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
        body = new byte[0];
        try {
            call.call().answer(whole).whenComplete((answer, failure) -> {
                if (failure == null) {
                    answer(answer);
                } else {
                    answer(Failures.answer(failure));
                }
            });
        } catch (IOException e) {
            answer(Answer.malformed());
        } catch (RuntimeException e) {
            answer(Failures.answer(e));
        }
    }

    private void answer(Answer answer) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        try {
            AnswerWriter.write(context, answer);
        } catch (IOException | IllegalStateException e) {
            gone(e);
            complete();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        Answer late = bodyComplete
                ? Answer.error(503, "outcome_unknown", "It took too long; repeat with the same id")
                        .retryAfter(1)
                : Answer.error(408, "timeout", "The body did not come in time");
        if (answered.compareAndSet(false, true)) {
            try {
                AnswerWriter.write((HttpServletResponse) context.getResponse(), late);
            } catch (IOException | IllegalStateException e) {
                gone(e);
            }
        }
        // Also where an answer is stuck in a peer that does not read.
        complete();
    }

    @Override
    public void onError(Throwable failure) {
        gone(failure);
        if (answered.compareAndSet(false, true)) {
            complete();
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        gone(event.getThrowable());
        complete();
    }

    private void complete() {
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
        LOG.log(Level.FINE, "A peer of the server API has gone", failure);
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
}
