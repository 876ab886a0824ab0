package io.holdfast.bench;

import java.util.Map;
import java.util.Optional;

/** A stretch of time: what the server's CPU and the clients' sockets did in it. */
final class Measured {
    private final Optional<ServerProcess> server;
    private final Optional<ServerProcess> database;
    private final Traffic traffic;
    private final boolean liveHeap;
    private final double cpuBefore;
    private final double databaseBefore;
    private final long bytesBefore;
    private final long framesBefore;
    private final long messagesBefore;
    private final long startedNanos = System.nanoTime();

    /** Begins now. @param liveHeap whether {@link #addTo} adds the server's heap after a full collection */
    Measured(Optional<ServerProcess> server, Optional<ServerProcess> database, Traffic traffic, boolean liveHeap) {
        this.server = server;
        this.database = database;
        this.traffic = traffic;
        this.liveHeap = liveHeap;
        this.cpuBefore = cpu();
        this.databaseBefore = databaseCpu();
        this.bytesBefore = traffic.bytes;
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

    /** Adds what is known beside the figures of every row. @param messages how many were measured */
    void addTo(Map<String, Object> more, long messages) {
        if (traffic.bytes > bytesBefore) {
            more.put("bytesPerDelivery", (traffic.bytes - bytesBefore) / (double) messages);
        }
        if (liveHeap && server.isPresent()) {
            more.put("liveHeapMegabytes", server.get().heapKilobytesAfterCollection() / 1024.0);
        }
        if (database.isPresent()) {
            more.put("databaseCpuSecondsPerMillion", (databaseCpu() - databaseBefore) / messages * 1e6);
        }
    }

    double messagesPerFrame() {
        return traffic.messagesPerFrameSince(framesBefore, messagesBefore);
    }

    private double databaseCpu() {
        return database.map(ServerProcess::cpuSecondsOfTree).orElse(Double.NaN);
    }

    private double cpu() {
        return server.map(ServerProcess::cpuSeconds).orElse(Double.NaN);
    }
}
