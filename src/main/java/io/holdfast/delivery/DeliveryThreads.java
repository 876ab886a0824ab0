package io.holdfast.delivery;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * The threads that delivery may use.
 *
 * @param named makes the long-running threads of its parts: the name given is the part's
 * @param receipts completes receipts; what publishers hang onto them runs there
 * @param closers closes connections; a close may hang for seconds
 */
public record DeliveryThreads(Named named, Executor receipts, Executor closers) {

    /** Gives a thread factory for one part. */
    public interface Named {
        ThreadFactory factory(String part);
    }
}
