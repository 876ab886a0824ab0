package io.holdfast.handlers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public method of a CDI bean that decides about subscribing to the channels of a namespace. It is asked instead of the rule
 * {@code subscribe} of the namespace, unless that is {@code nobody} or the client has a subscription token, which must be valid;
 * it is asked then too. Its parameters are those of an {@link OnRpc} method, and the {@link ChannelName}; the payload is the
 * {@code data} of the command. It returns a {@link SubscribeDecision} or a stage of one, or nothing to accept.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnSubscribe {

    /** The namespace; empty for channels without one. */
    String value();
}
