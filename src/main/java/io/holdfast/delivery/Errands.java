package io.holdfast.delivery;

import io.holdfast.delivery.DeliveryException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * Rare pieces of work that must not run beside a write: anybody adds them, the committer does them between two batches. Their
 * stages complete on the committer's thread, which whoever waits for them must not hold up.
 */
final class Errands {
    /** As many in one round: messages wait meanwhile. */
    private static final int AT_ONCE = 16;

    private record Errand(BooleanSupplier work, CompletableFuture<Boolean> done) {}

    private final ConcurrentLinkedQueue<Errand> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    CompletionStage<Boolean> add(BooleanSupplier work) {
        Errand errand = new Errand(work, new CompletableFuture<>());
        waiting.add(errand);
        if (ended) {
            abandon();
        }
        return errand.done();
    }

    /** @return whether more wait */
    boolean run() {
        for (int i = 0; i < AT_ONCE; i++) {
            Errand errand = waiting.poll();
            if (errand == null) {
                return false;
            }
            try {
                errand.done().complete(errand.work().getAsBoolean());
            } catch (RuntimeException | Error e) {
                errand.done().completeExceptionally(e);
            }
        }
        return !waiting.isEmpty();
    }

    /** What waits is not done, and nothing more will be. */
    void abandon() {
        ended = true;
        for (Errand errand = waiting.poll(); errand != null; errand = waiting.poll()) {
            errand.done().completeExceptionally(new DeliveryException(Reason.DRAINING, "The server is shutting down"));
        }
    }
}
