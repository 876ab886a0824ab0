package io.holdfast.client;

/**
 * How a connection ended.
 *
 * @param code of the close frame; 1005 if the frame had none, 1006 if the connection ended without a close frame
 * @param reason of the close frame, or what went wrong
 */
public record Close(int code, String reason) {}
