package io.holdfast.cluster;

/** What a transport tells of a connection, one call at a time. The calls do not wait. */
public interface LinkReceiver {

    /** No frame is larger: the largest question or answer fits, and any publication. */
    int MAX_FRAME_BYTES = Questions.MOST_BYTES + (64 << 10);

    /** A whole frame, which is the receiver's now. */
    void received(byte[] frame);

    /** Nothing comes any more. Called at least once. @param why for the log */
    void ended(String why);
}
