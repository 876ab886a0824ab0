package io.holdfast.delivery;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * The threads that delivery may use.
 *
 * @param named makes the long-running threads of delivery's parts, by the name of the part
 * @param receipts completes receipts; the stages that publishers add to them run there
 * @param closers closes connections; a close may hang for seconds
 */
public record DeliveryThreads(Named named, Executor receipts, Executor closers) {

    /** Gives a thread factory for one part. */
    public interface Named {
        ThreadFactory factory(String part);
    }
}
