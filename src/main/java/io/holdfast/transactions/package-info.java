/**
 * Messages in the application's own transaction: a call writes a row into the table {@code holdfast_outbox} of the
 * application's database, and the forwarder publishes the rows of committed transactions.
 *
 * <p>Threads: {@link io.holdfast.transactions.TransactionalSender} works on the caller's thread and its transaction; the
 * {@link io.holdfast.transactions.Forwarder} runs one round at a time on an executor's thread. Its locks are those of the database.
 *
 * <p>Start reading at {@link io.holdfast.transactions.TransactionalSender}, then {@link io.holdfast.transactions.Forwarder}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.transactions;
