package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * How much of its room a store takes.
 *
 * @param storedBytes the size on disk; of a database, what the rows take without the room that it keeps for new ones
 * @param limitBytes the configured size; at 90 % of it publishing is refused
 * @param freeBytes free space of the disk; empty if the store is not a directory of this machine
 */
public record StoreSpace(long storedBytes, long limitBytes, OptionalLong freeBytes) {

    public StoreSpace {
        requireNonNull(freeBytes, "freeBytes");
    }
}
