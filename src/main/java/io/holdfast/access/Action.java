package io.holdfast.access;

/** An action of a client on a channel, other than subscribing. */
public enum Action {
    PUBLISH,
    PRESENCE,
    HISTORY
}
