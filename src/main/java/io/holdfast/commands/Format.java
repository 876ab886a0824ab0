package io.holdfast.commands;

/** How commands, replies and pushes are encoded. */
public enum Format {
    /** Text. */
    JSON,
    /** Bytes. */
    PROTOBUF
}
