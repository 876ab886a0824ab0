package io.holdfast.cluster;

/** How a node replied to a question. */
public sealed interface Reply {

    /** It answered. */
    record Answer(byte[] bytes) implements Reply {}

    /** It did not. */
    enum Failure implements Reply {
        /** There is no link to it, or too much waits there: it has not got the question. */
        NOT_REACHED,
        /** It has not answered in time, or the link broke: it is not known whether it did what it was asked for. */
        LATE,
        /** It knows no such question, or it could not answer. */
        FAILED
    }
}
