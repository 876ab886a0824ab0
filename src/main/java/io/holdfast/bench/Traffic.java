package io.holdfast.bench;

/** Counts what all clients together have read. One thread. */
final class Traffic {
    /** Of frames, with their headers. */
    long bytes;

    long frames;
    long messages;
    long pings;
    long others;

    double messagesPerFrameSince(long framesBefore, long messagesBefore) {
        return frames == framesBefore ? 0 : (double) (messages - messagesBefore) / (frames - framesBefore);
    }
}
