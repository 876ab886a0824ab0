package io.holdfast.commands;

/** What the client and the server say, on the wire. */
public enum Format {
    /** Text. */
    JSON,
    /** Bytes. */
    PROTOBUF
}
