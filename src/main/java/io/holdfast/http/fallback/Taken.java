package io.holdfast.http.fallback;

/** What became of a frame. */
enum Taken {
    /** It is carried out, in its order. */
    YES,
    /** Too much waits already: it was refused. */
    FULL,
    /** There is no such session, or it has ended. */
    UNKNOWN,
    /** The session's node has not answered: it may have got the frame. */
    LATE
}
