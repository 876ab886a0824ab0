package io.holdfast.handlers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public method of a CDI bean that answers the clients' {@code rpc} of a name.
 *
 * <p>Parameters, in any order and each at most once: the {@link Caller}, and the payload. The payload is bound by JSON-B; as
 * {@code JsonValue} it is the JSON value, as {@code String} or {@code byte[]} the JSON text as it came. The method returns the
 * reply in the same way, as a value or as a {@code CompletionStage}; nothing and {@code null} are the reply {@code null}.
 *
 * <p>It is called through the bean's proxy, on a thread of its own, so it may block. The calls of one connection come one at a
 * time, in the order of its commands; those of different connections at the same time. It throws a {@link HandlerException} to
 * refuse. A call that takes longer than {@code holdfast.handlers.timeout} is answered with a temporary error; its thread is interrupted,
 * or its stage cancelled.
 *
 * <p>{@code RolesAllowed}, {@code DenyAll} and {@code PermitAll} of the method, or else of its class, are checked with the
 * caller's roles. Interceptors work as in any call of the bean.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnRpc {

    /** The name that clients call. {@code ack} and {@code publish} are taken. */
    String value();
}
