/**
 * Several nodes on one store: what they tell and ask each other.
 *
 * <p>Threads: those of the callers, and a managed executor on which questions are answered.
 *
 * <p>Start reading at {@link io.holdfast.cluster.Questions}.
 */
@NullMarked
package io.holdfast.cluster;

import org.jspecify.annotations.NullMarked;
