package io.holdfast.protocol;

/** Answer to sub_refresh. @param ttl seconds until the next refresh is due, if the subscription expires */
public record SubRefreshResult(boolean expires, long ttl) implements Result {}
