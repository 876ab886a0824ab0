/**
 * Several nodes on one store: what they tell and ask each other.
 *
 * <p>Each node opens a link to each other one and tells over it what it has stored, what its own clients subscribe to, and
 * questions and answers. Links lose what does not fit, and say so: the truth is in the store, and whoever has missed something
 * reads it there.
 *
 * <p>Threads: the hub's thread gives publications and never waits; the container's threads bring frames in; the rest runs on a
 * managed executor, and on a ticker and a slower turn that {@code app} calls. Order of locks: that of a link before that of its
 * queue. Nothing is called out under a lock.
 *
 * <p>Start reading at {@link io.holdfast.cluster.NodeLinks}, for questions at {@link io.holdfast.cluster.Questions}.
 */
@NullMarked
package io.holdfast.cluster;

import org.jspecify.annotations.NullMarked;
