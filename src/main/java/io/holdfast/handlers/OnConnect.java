package io.holdfast.handlers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public method of a CDI bean that decides whether and how a client connects, after its token or login has been checked. An
 * application has one such method. Its parameters are those of an {@link OnRpc} method; the payload is the {@code data} of the
 * connect command, {@code null} without. It returns a {@link ConnectDecision} or a stage of one, or nothing to accept.
 *
 * <p>A client without token and login is asked for too: its {@link Caller#client} is empty, and the decision must name it. A {@link
 * HandlerException} refuses the client.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnConnect {}
