package io.holdfast.commands;

/** Which clients get the server's tags, {@code id} and {@code expires}, with their publications. */
public enum ServerTags {
    /** Those that ask for them when they connect. */
    ASKED,
    ALWAYS
}
