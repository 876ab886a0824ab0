package io.holdfast.access;

/** Which clients without a name may connect. They have no outbox. Insecure mode lets all of them in. */
public enum Anonymous {
    /** No client. */
    NOBODY,
    /** Clients with a valid token that has no {@code sub}. */
    TOKEN,
    /** These, and clients that show neither a token nor a login. A token that is not valid is refused all the same. */
    EVERYBODY
}
