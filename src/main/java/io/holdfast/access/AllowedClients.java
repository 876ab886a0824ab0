package io.holdfast.access;

/** The clients that have a right on the channels of a namespace. No client has a right on another client's outbox. */
public enum AllowedClients {
    /** No client. Publishers with an API key, and the application, are not affected. */
    NOBODY,
    /** For the right to subscribe: clients that show a subscription token for the channel. Otherwise: its subscribers. */
    SUBSCRIBERS,
    /** Every client. */
    CLIENTS
}
