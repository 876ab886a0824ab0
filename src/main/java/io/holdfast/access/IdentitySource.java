package io.holdfast.access;

/** How a client is identified. */
public enum IdentitySource {
    /** The token of the connect command. */
    TOKEN,
    /** The login that the container has checked at the handshake: MicroProfile JWT, basic, form, any principal. */
    CONTAINER,
    /** The token if there is one, else the container's login. */
    BOTH
}
