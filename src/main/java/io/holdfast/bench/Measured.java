package io.holdfast.bench;

import java.util.Map;
import java.util.Optional;

/** A stretch of time: what the server's CPU and the clients' sockets did in it. */
final class Measured {
    private final Optional<ServerProcess> server;
    private final Optional<ServerProcess> database;
    private final Traffic traffic;
    private final double cpuBefore;
    private final double databaseBefore;
    private final long framesBefore;
    private final long messagesBefore;
    private final long startedNanos = System.nanoTime();

    /** Begins now. */
    Measured(Optional<ServerProcess> server, Optional<ServerProcess> database, Traffic traffic) {
        this.server = server;
        this.database = database;
        this.traffic = traffic;
        this.cpuBefore = cpu();
        this.databaseBefore = databaseCpu();
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

    /** Adds what is known of the database. @param messages how many were measured */
    void addDatabase(Map<String, Object> more, long messages) {
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
