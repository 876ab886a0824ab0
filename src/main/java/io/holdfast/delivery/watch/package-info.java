/**
 * What watches delivery and stops none of it: counters, latencies, events, what is known of each client, and whether the
 * threads, the executor and the heap are well.
 *
 * <p>Threads: everything may be called from any. {@link io.holdfast.delivery.watch.Events} has a thread of its own.
 *
 * <p>Start reading at {@link io.holdfast.delivery.watch.Counters}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.delivery.watch;
