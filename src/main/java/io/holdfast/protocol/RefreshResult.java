package io.holdfast.protocol;

/**
 * Answer to refresh.
 *
 * @param client id of the connection, as in {@link ConnectResult}
 * @param ttl seconds until the next refresh is due, if the connection expires
 */
public record RefreshResult(String client, String version, boolean expires, long ttl) implements Result {}
