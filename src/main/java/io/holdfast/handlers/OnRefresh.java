package io.holdfast.handlers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public method of a CDI bean that decides how long a connection goes on, when its client has brought a new token. It is
 * also asked, without the client, when a connection without a token comes to the end that an {@link OnConnect} method has set. An
 * application has one such method. Its only parameter is the {@link Caller}, by the new token. It returns a {@link
 * RefreshDecision} or a stage of one, or nothing to accept.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnRefresh {}
