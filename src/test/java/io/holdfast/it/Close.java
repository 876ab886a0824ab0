package io.holdfast.it;

/**
 * How a connection ended.
 *
 * @param code of the close frame; 1006 where the connection ended without one
 */
record Close(int code, String reason) {}
