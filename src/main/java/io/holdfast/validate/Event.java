package io.holdfast.validate;

/** One thing that happened, in the order in which the suite saw it. */
sealed interface Event {

    /** The server's word to a publisher: stored at this position, or the repetition of what is stored there. */
    record Accepted(String channel, String id, String epoch, long offset, boolean duplicate) implements Event {}

    /**
     * A connection began to get a channel.
     *
     * @param device who receives, for as long as it exists
     * @param instance one life of an SDK on that device, which remembers what it got; unique in the history
     * @param connection unique in the history, for the reader
     * @param presented whether the client presented a position
     * @param recovered what the server said of it; of a connection without a presented position it says nothing
     * @param offset what comes lies above it
     */
    record Joined(
            String device,
            String instance,
            String connection,
            String channel,
            String epoch,
            long offset,
            boolean presented,
            boolean recovered)
            implements Event {}

    /** A publication came. @param id the tag {@code id}, which the server gives each one for clients that ask */
    record Received(String instance, String connection, String channel, String epoch, long offset, String id)
            implements Event {}

    /** A device has gone for good. What it has not got is nobody's loss. */
    record Left(String device) implements Event {}

    /** What the server's API said of a message. @param state as in {@code /api/message} */
    record Told(String channel, String id, String state) implements Event {}
}
