package io.holdfast.delivery.outbox;

/** What an outbox needs of a connection that it is delivered to. Any thread; nothing here waits. */
public interface Line {

    /** The id of the connection. */
    String id();

    /** The connection's number in the order in which connections were opened. */
    long opened();

    /** When the connection was opened, in nanoseconds of the delivery's clock. */
    long openedNanos();

    /** Whether the connection has ended. */
    boolean hasEnded();

    /** The highest offset of the outbox that was written to the connection; 0 for none. */
    long written();

    /** While set, a ping follows every frame that holds a push of the outbox. Called under the outbox's lock. */
    void confirmAtOnce(boolean atOnce);

    /** The connection may be handed more publications. Not called under a lock. */
    void readOn();

    /**
     * The connection ends, since its device has another one. Not called under a lock.
     *
     * @param later whether that one was opened later: then the client stays away
     */
    void replaced(boolean later);
}
