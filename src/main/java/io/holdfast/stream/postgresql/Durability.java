package io.holdfast.stream.postgresql;

/** What an acknowledged message survives. */
public enum Durability {
    /** It is on the disk of the database's machine ({@code synchronous_commit = on}). */
    LOCAL,
    /** It is on the disk of a second machine too. Without a synchronous standby publishing is refused. */
    REPLICATED,
    /** A crash of the database loses the last moments ({@code synchronous_commit = off}). */
    RELAXED
}
