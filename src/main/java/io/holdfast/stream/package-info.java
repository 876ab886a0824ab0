/**
 * What is stored and how an engine is asked for it: values ({@link io.holdfast.stream.Publication},
 * {@link io.holdfast.stream.Position}, {@link io.holdfast.stream.Receipt}) and the {@link
 * io.holdfast.stream.StreamEngine} contract.
 *
 * <p>Threads: values are immutable. One thread writes to an engine, any thread reads.
 *
 * <p>Start reading at {@link io.holdfast.stream.StreamEngine}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.stream;
