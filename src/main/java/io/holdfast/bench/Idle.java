package io.holdfast.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Connects and does nothing: what a connection costs in heap, resident memory and CPU time. A smaller crowd of other names
 * comes and goes first, so that loaded classes, pools and compiled code are not counted as the connections' own.
 */
final class Idle implements Scenario {
    private static final int WARMING_CROWD = 2000;

    @Override
    public Result run(Setup setup) {
        int clients = setup.options().clients;
        warm(setup, Math.min(clients, WARMING_CROWD));
        Watch watch = new Watch(setup.payload(), Ledger.broadcast(clients));
        Optional<ServerProcess> server = setup.server();
        long heapBefore = heap(server);
        long residentBefore = server.map(ServerProcess::residentKilobytes).orElse(0L);
        Crowd crowd = new Crowd(
                setup.loop(), setup.target(), setup.names("i"), "bench", setup.payload(), watch, setup.traffic());
        crowd.connect(Setup.CONNECTING_AT_A_TIME, Setup.CONNECT_LIMIT);
        setup.loop().runFor(Duration.ofSeconds(2));
        Measured measured = setup.measured(server);
        setup.loop().runFor(setup.options().measured);
        double cpu = measured.cpuSeconds();
        double seconds = measured.seconds();
        long heapAfter = heap(server);
        Map<String, Object> more = new LinkedHashMap<>();
        if (server.isPresent()) {
            more.put("heapKilobytesEach", (heapAfter - heapBefore) / (double) clients);
            more.put("residentKilobytesEach", (server.get().residentKilobytes() - residentBefore) / (double) clients);
            more.put("cpuPercent", cpu / seconds * 100);
        }
        List<String> problems =
                crowd.closed() == 0 ? List.of() : List.of(crowd.failures().toString());
        crowd.leave(Duration.ofSeconds(10));
        return new Result(
                setup.label("idle"),
                setup.target().name(),
                clients,
                0,
                0,
                seconds,
                cpu,
                0,
                Result.latencies(),
                Faults.NONE,
                problems,
                more);
    }

    private static void warm(Setup setup, int clients) {
        Watch watch = new Watch(setup.payload(), Ledger.broadcast(clients));
        Crowd crowd = new Crowd(
                setup.loop(),
                setup.target(),
                setup.names("w").subList(0, clients),
                "bench",
                setup.payload(),
                watch,
                setup.traffic());
        long end = System.nanoTime() + setup.options().warmup.toNanos();
        do {
            crowd.connect(Setup.CONNECTING_AT_A_TIME, Setup.CONNECT_LIMIT);
            setup.loop().runFor(Duration.ofSeconds(1));
            crowd.leave(Duration.ofSeconds(10));
        } while (System.nanoTime() - end < 0);
        setup.loop().runFor(Duration.ofSeconds(5)); // what the server does after somebody has left
    }

    private static long heap(Optional<ServerProcess> server) {
        return server.map(ServerProcess::heapKilobytesAfterCollection).orElse(0L);
    }
}
