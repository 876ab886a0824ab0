package io.holdfast.handlers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public method of a CDI bean that decides about the publications of clients to the channels of a namespace. It is asked after
 * the rule {@code publish} of the namespace has let the client through. Its parameters are those of an {@link OnRpc} method, and
 * the {@link ChannelName}. It returns a {@link PublishDecision} or a stage of one, or nothing to accept.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnPublish {

    /** The namespace; empty for channels without one. */
    String value();
}
