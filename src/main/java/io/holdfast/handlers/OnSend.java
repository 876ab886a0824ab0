package io.holdfast.handlers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A public method of a CDI bean that receives what clients {@code send}: messages without a reply. An application has one such
 * method. Its parameters are those of an {@link OnRpc} method; what it returns and throws reaches nobody, but failures are
 * logged and counted. A client's ack is not passed on.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnSend {}
