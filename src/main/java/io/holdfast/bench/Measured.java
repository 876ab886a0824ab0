package io.holdfast.bench;

import java.util.Optional;

/** A stretch of time: what the server's CPU and the clients' sockets did in it. */
final class Measured {
    private final Optional<ServerProcess> server;
    private final Traffic traffic;
    private final double cpuBefore;
    private final long framesBefore;
    private final long messagesBefore;
    private final long startedNanos = System.nanoTime();

    /** Begins now. */
    Measured(Optional<ServerProcess> server, Traffic traffic) {
        this.server = server;
        this.traffic = traffic;
        this.cpuBefore = cpu();
        this.framesBefore = traffic.frames;
        this.messagesBefore = traffic.messages;
    }

    double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    /** NaN where the server's process may not be seen. */
    double cpuSeconds() {
        return cpu() - cpuBefore;
    }

    double messagesPerFrame() {
        return traffic.messagesPerFrameSince(framesBefore, messagesBefore);
    }

    private double cpu() {
        return server.map(ServerProcess::cpuSeconds).orElse(Double.NaN);
    }
}
