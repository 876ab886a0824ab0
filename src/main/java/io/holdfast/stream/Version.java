package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The version of the state that a publication carries, counted by its publisher. A stream keeps the last one, and does not store a
 * publication whose version is not newer.
 *
 * @param number from 1
 * @param epoch within which the publisher's numbers rise; empty for the one that the stream has
 */
public record Version(long number, String epoch) {
    public Version {
        requireNonNull(epoch, "epoch");
        if (number < 1) {
            throw new IllegalArgumentException("A version must be at least 1: " + number);
        }
    }

    /** Whether a publication of this version is stored. @param last the last one of its stream; null for none */
    public boolean newerThan(@Nullable Version last) {
        return last == null || number > last.number || !epoch.isEmpty() && !epoch.equals(last.epoch);
    }
}
