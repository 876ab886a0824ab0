/**
 * The validation suite: scenarios that drive a running gateway from outside, a recorder of what was promised and what
 * came, and a checker that compares the two. Start at {@link io.holdfast.validate.Suite} and {@link
 * io.holdfast.validate.Checker}.
 *
 * <p>Threads: a scenario runs on a thread of its own, so that its time limit holds; each open connection has one that
 * reads; the fault proxy has two a connection.
 */
@NullMarked
package io.holdfast.validate;

import org.jspecify.annotations.NullMarked;
