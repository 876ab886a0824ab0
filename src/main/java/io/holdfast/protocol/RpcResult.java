package io.holdfast.protocol;

/**
 * Answer to rpc.
 *
 * @param data one compact JSON value
 */
public record RpcResult(byte[] data) implements Result {}
