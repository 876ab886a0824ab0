package io.holdfast.delivery;

/**
 * The gateway has started: messages are taken from now on. Fired once as a CDI event, on the thread that starts the application;
 * never if the start fails.
 */
public record GatewayStarted() {}
