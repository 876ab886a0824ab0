package io.holdfast.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Connects and leaves, and once more with other clients: what a connect costs the server at first, and when it has seen
 * some. The row's own figures are those of the second crowd.
 */
final class Connect implements Scenario {
    /** What the server does after somebody has left belongs to the leaving. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(2);

    @Override
    public Result run(Setup setup) {
        int clients = setup.options().clients;
        Optional<ServerProcess> server = setup.server();
        List<String> problems = new ArrayList<>();
        Pass first = pass(setup, server, "c", problems);
        Pass second = pass(setup, server, "e", problems);
        Map<String, Object> more = new LinkedHashMap<>();
        if (server.isPresent()) {
            more.put("cpuMillisEachAtFirst", first.cpuConnecting / clients * 1e3);
            more.put("cpuMillisEach", second.cpuConnecting / clients * 1e3);
            more.put("cpuMillisToLeave", second.cpuLeaving / clients * 1e3);
        }
        return new Result(
                setup.label("connect and leave"),
                setup.target().name(),
                clients,
                clients,
                0,
                second.seconds,
                second.cpuConnecting,
                0,
                Result.latencies(),
                Faults.NONE,
                problems,
                more);
    }

    private record Pass(double seconds, double cpuConnecting, double cpuLeaving) {}

    private static Pass pass(Setup setup, Optional<ServerProcess> server, String prefix, List<String> problems) {
        List<String> names = setup.freshNames(prefix);
        Watch watch = new Watch(setup.payload(), Ledger.broadcast(names.size()));
        Crowd crowd = new Crowd(setup.loop(), setup.target(), names, null, setup.payload(), watch, setup.traffic());
        Measured connecting = setup.measured(server);
        crowd.connect(Setup.CONNECTING_AT_A_TIME, Setup.CONNECT_LIMIT);
        double seconds = connecting.seconds();
        double cpu = connecting.cpuSeconds();
        problems.addAll(FanOut.ended(crowd));
        Measured leaving = setup.measured(server);
        crowd.leave(Duration.ofSeconds(10));
        setup.loop().runFor(AFTERWARDS);
        return new Pass(seconds, cpu, leaving.cpuSeconds());
    }
}
