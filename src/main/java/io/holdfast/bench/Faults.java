package io.holdfast.bench;

/**
 * What went wrong with messages; every one of these must be 0.
 *
 * @param lost accepted by the server and never received, counted for each receiver
 * @param doubled received again on the same connection
 * @param reordered received with an offset that is not above the one before
 * @param misrouted received by somebody else
 * @param corrupt received with other bytes
 */
record Faults(long lost, long doubled, long reordered, long misrouted, long corrupt) {

    static final Faults NONE = new Faults(0, 0, 0, 0, 0);

    boolean none() {
        return equals(NONE);
    }
}
