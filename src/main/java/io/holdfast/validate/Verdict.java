package io.holdfast.validate;

import java.util.List;

/**
 * What went wrong with messages; every number must be 0.
 *
 * @param lost accepted, never received by a device that was to get it, and no final state or {@code recovered: false} says
 *     why
 * @param doubled received again by the same instance, or by a later one although the server had called it acknowledged
 * @param reordered received below an offset that had come before, or at another offset than the receipt's; or accepted
 *     below what had been accepted before it
 * @param unsignalled a device got past a message without getting it or being told
 * @param examples the first few, as sentences
 */
record Verdict(int lost, int doubled, int reordered, int unsignalled, List<String> examples) {

    boolean holds() {
        return lost + doubled + reordered + unsignalled == 0;
    }

    @Override
    public String toString() {
        String counts =
                "lost " + lost + ", doubled " + doubled + ", reordered " + reordered + ", unsignalled " + unsignalled;
        return examples.isEmpty() ? counts : counts + ": " + String.join("; ", examples);
    }
}
