package io.holdfast.access;

/** The answer to "may this client use that channel". */
public enum ChannelAccess {
    ALLOWED,
    /** Error 103. */
    DENIED,
    /** It has no subscription token, and needs one unless a handler lets it in: otherwise error 103. */
    NEEDS_TOKEN,
    /** Its namespace does not exist: error 102. */
    UNKNOWN,
    /** The client's own outbox, to which the server subscribes it unless it wants to ask for it: error 105 if it is subscribed. */
    OWN_OUTBOX
}
