package io.holdfast.protocol;

/**
 * Brings a new subscription token before the old one expires.
 *
 * @param type 0 for this; others manage what a shared poll tracks
 */
public record SubRefreshRequest(String channel, String token, int type) implements Request {
    public SubRefreshRequest(String channel, String token) {
        this(channel, token, 0);
    }
}
