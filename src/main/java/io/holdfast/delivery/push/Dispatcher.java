package io.holdfast.delivery.push;

import io.holdfast.delivery.watch.Counters;

/** Has connections written to by the writer and read for by the readers. Any thread; waits for nothing. */
public final class Dispatcher {
    private final Writer writer;
    private final Recovery recovery;
    private final Counters counters;

    public Dispatcher(Writer writer, Recovery recovery, Counters counters) {
        this.writer = writer;
        this.recovery = recovery;
        this.counters = counters;
    }

    /** Starts the threads. */
    public void start() {
        writer.start();
        recovery.start();
    }

    /** Ends the threads; what is not written stays unwritten. */
    public void stop() {
        writer.stop();
        recovery.stop();
    }

    /** Replaces the writer's thread if it hangs. Called now and then. */
    public void watch() {
        writer.watch();
    }

    /** Collects for one thread what is to be done for many connections. */
    public Fanout fanout() {
        return new Fanout(writer, recovery, counters);
    }

    /** Something waits to be written to the connection. */
    void write(WritableConnection connection) {
        writer.wake(connection);
    }

    /** There may be something to read for the connection. */
    void read(WritableConnection connection) {
        recovery.wake(connection);
    }
}
