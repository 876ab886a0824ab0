package io.holdfast.handlers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public method of a CDI bean that decides how long a subscription to a channel of a namespace goes on, when its client has
 * brought a new subscription token. It is also asked, without the client, when a subscription without a token comes to the end that
 * an {@link OnSubscribe} method has set. Its parameters are the {@link Caller} and the {@link ChannelName}. It returns a {@link
 * RefreshDecision} or a stage of one, or nothing to accept.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnSubRefresh {

    /** The namespace; empty for channels without one. */
    String value();
}
