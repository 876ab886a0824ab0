package io.holdfast.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Connects and does nothing: what a connection costs in heap and resident memory. */
final class Idle implements Scenario {

    @Override
    public Result run(Setup setup) {
        int clients = setup.options().count("clients");
        Watch watch = new Watch(setup.payload(), Ledger.broadcast(clients));
        Optional<ServerProcess> server = setup.server();
        long heapBefore = heap(server);
        long residentBefore = server.map(ServerProcess::residentKilobytes).orElse(0L);
        Crowd crowd = new Crowd(
                setup.loop(), setup.target(), setup.names("i"), "bench", setup.payload(), watch, setup.traffic());
        crowd.connect(Setup.CONNECTING_AT_A_TIME, Setup.CONNECT_LIMIT);
        setup.loop().runFor(Duration.ofSeconds(2));
        Measured measured = new Measured(server, setup.traffic());
        setup.loop().runFor(setup.options().seconds("seconds"));
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
                new Histogram(),
                Faults.NONE,
                problems,
                more);
    }

    private static long heap(Optional<ServerProcess> server) {
        return server.map(ServerProcess::heapKilobytesAfterCollection).orElse(0L);
    }
}
