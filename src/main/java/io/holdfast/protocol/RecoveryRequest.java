package io.holdfast.protocol;

/**
 * Where a client stands on a server-side subscription.
 *
 * @param recover false: the client names no position, epoch and offset mean nothing
 * @param offset 0 where absent: the place before the first publication
 */
public record RecoveryRequest(boolean recover, String epoch, long offset) {}
