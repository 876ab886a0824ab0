/**
 * The engine on PostgreSQL, which several nodes can share: the database holds the truth, and a node caches nothing of it.
 *
 * <p>Threads: one writer of its own ({@link io.holdfast.stream.WriterThread}), with one connection; reads run on the caller's,
 * each with a connection of its own.
 *
 * <p>Start reading at {@link io.holdfast.stream.postgresql.PostgreSqlEngine}, then {@code V1__streams.sql}: the tables, and the
 * functions that do the work, one call for each batch.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.stream.postgresql;
