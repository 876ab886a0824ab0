package io.holdfast.access;

/** What a client asks to do on a channel, besides subscribing. */
public enum Action {
    PUBLISH,
    PRESENCE,
    HISTORY
}
