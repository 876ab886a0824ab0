package io.holdfast.access;

/** Who may do something on the channels of a namespace. Nobody may do anything on another client's outbox. */
public enum Who {
    /** No client; publishers and the application may all the same. */
    NOBODY,
    /** Subscribing: who shows a subscription token for the channel. Anything else: who is subscribed to it. */
    SUBSCRIBERS,
    /** Every client. */
    CLIENTS
}
