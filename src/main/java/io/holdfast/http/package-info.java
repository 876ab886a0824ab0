/**
 * The server API for publishers, back ends and operators, {@code /api/*}: Centrifugo's shape where it has the same call, ours
 * for the rest. {@code META-INF/openapi.yaml} describes all of it.
 *
 * <p>Threads: container threads read bodies as they come, without waiting for slow ones, and hand publications to the
 * manager; the thread that completes the last receipt of a request writes its answer. What reads the store in a batch runs on
 * the container's executor.
 *
 * <p>Start reading at {@link io.holdfast.http.Routes}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.http;
