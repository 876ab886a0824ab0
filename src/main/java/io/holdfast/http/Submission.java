package io.holdfast.http;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.stream.Receipt;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hands the publications of one request to the manager, in order, not too many at the same time: a large batch must not
 * fill the committer's queue and make others fail.
 *
 * <p><b>Threads.</b> The thread that completes a receipt hands over the next publication; one thread at a time.
 *
 * <p><b>Failure.</b> A refused publication is an outcome like a receipt and stops nothing.
 */
final class Submission {
    private static final int MAX_UNDER_WAY = 4_096;

    /** The outcome of one publication: either a receipt or a failure. */
    record Outcome(@Nullable Receipt receipt, @Nullable Throwable failure) {}

    /** How a publication is handed over. */
    interface Door {
        CompletionStage<Receipt> submit(Call.Publishing call, String target);
    }

    private final Door door;
    private final List<Call.Publishing> calls;
    private final Outcome[][] outcomes;
    private final CompletableFuture<Outcome[][]> done = new CompletableFuture<>();
    private final AtomicInteger left;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger wanted = new AtomicInteger();

    /** The next to hand over. Touched only by the thread that raised {@link #wanted} from 0. */
    private int call;

    private int target;

    private Submission(Door door, List<Call.Publishing> calls) {
        this.door = door;
        this.calls = calls;
        this.outcomes = new Outcome[calls.size()][];
        int total = 0;
        for (int i = 0; i < outcomes.length; i++) {
            int targets = calls.get(i).targets().size();
            outcomes[i] = new Outcome[targets];
            total += targets;
        }
        this.left = new AtomicInteger(total);
    }

    /** @return the outcomes by call and target; never completes exceptionally */
    static CompletionStage<Outcome[][]> submit(Door door, List<Call.Publishing> calls) {
        Submission submission = new Submission(door, calls);
        if (calls.isEmpty()) {
            submission.done.complete(submission.outcomes);
        } else {
            submission.proceed();
        }
        return submission.done;
    }

    private void proceed() {
        if (wanted.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            while (call < outcomes.length && underWay.get() < MAX_UNDER_WAY) {
                submitNext();
            }
            seen = wanted.addAndGet(-seen);
        }
    }

    private void submitNext() {
        int ofCall = call;
        int ofTarget = target;
        Call.Publishing next = calls.get(ofCall);
        if (++target == next.targets().size()) {
            target = 0;
            call++;
        }
        underWay.incrementAndGet();
        CompletionStage<Receipt> stage;
        try {
            stage = door.submit(next, next.targets().get(ofTarget));
        } catch (DeliveryException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        stage.whenComplete((receipt, failure) -> {
            outcomes[ofCall][ofTarget] = new Outcome(receipt, failure == null ? null : Failures.cause(failure));
            underWay.decrementAndGet();
            if (left.decrementAndGet() == 0) {
                done.complete(outcomes);
            } else {
                proceed();
            }
        });
    }
}
