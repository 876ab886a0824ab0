package io.holdfast.bench;

import io.holdfast.bench.Publishing.Pace;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everybody leaves, is sent to while away, and comes back at once: measured from the first TCP connect, or after a restart
 * from readiness, to the last delivery.
 */
final class Return implements Scenario {
    private static final Duration AFTERWARDS = Duration.ofMillis(500);
    private static final Duration LEFT_WITHIN = Duration.ofSeconds(10);

    @Override
    public Result run(Setup setup) {
        Options options = setup.options();
        int clients = options.clients;
        int total = clients * options.pending;
        List<String> names = setup.freshNames("r");

        Ledger ledger = Ledger.unicast(clients);
        Watch watch = new Watch(setup.payload(), ledger);
        Crowd crowd = new Crowd(setup.loop(), setup.target(), names, null, setup.payload(), watch, setup.traffic());
        crowd.connect(Setup.CONNECTING_AT_A_TIME, Setup.CONNECT_LIMIT);
        boolean killed = !options.killCommand.isEmpty();
        Map<String, Object> more = new LinkedHashMap<>();
        if (killed && options.otherPort != null) { // before they have left: the cluster has yet to notice
            kill(options.killCommand);
            crowd.cut();
        } else {
            crowd.leave(LEFT_WITHIN);
        }

        Publishing publishing = whileAway(setup, names, ledger);
        setup.loop().goTo(options.otherServer());
        publishing.run(Duration.ofSeconds(120), total);
        if (killed && options.otherPort == null) {
            more.put("restartSeconds", restart(setup));
        }

        Optional<ServerProcess> server = setup.server();
        Measured measured = setup.measured(server);
        watch.measureFrom(0);
        crowd.connectAllAtOnce();
        setup.loop().runUntil(() -> crowd.ready() == clients || crowd.closed() > 0, Setup.CONNECT_LIMIT);
        double connected = measured.seconds();
        long before;
        do {
            before = watch.firsts();
        } while (!setup.loop().runUntil(() -> watch.firsts() >= total || crowd.closed() > 0, options.patience)
                && watch.firsts() != before);
        double seconds = measured.seconds();
        double cpu = measured.cpuSeconds();
        double perFrame = measured.messagesPerFrame();

        setup.loop().runFor(AFTERWARDS); // whatever comes a second time, comes now
        List<String> problems = FanOut.problems(publishing, crowd);
        more.put("allConnectedSeconds", connected);
        more.put("lastDeliverySeconds", seconds);
        crowd.leave(LEFT_WITHIN);
        return new Result(
                setup.label("return with " + options.pending + " pending" + (killed ? ", SIGKILL before" : "")),
                setup.target().name(),
                clients,
                total,
                watch.firsts(),
                seconds,
                cpu,
                perFrame,
                Result.latencies(),
                ledger.faults(),
                problems,
                more);
    }

    private static Publishing whileAway(Setup setup, List<String> names, Ledger ledger) {
        Options options = setup.options();
        boolean batched = options.via == Options.Via.BATCH;
        int batch = batched ? options.batch : 1;
        int underWay = options.underWayOr(batched ? 4 : 64);
        return new Publishing(
                setup.loop(),
                setup.payload(),
                ledger,
                setup.publisher(To.OUTBOX, names, underWay),
                new Pace(underWay * batch, Integer.MAX_VALUE, batch, 0, 0, options.patience));
    }

    /** @return seconds from the start command to readiness */
    private static double restart(Setup setup) {
        Options options = setup.options();
        kill(options.killCommand);
        long started = System.nanoTime();
        Shell.start(options.startCommand);
        if (!setup.probe().awaitReady(options.readyPath, Setup.READY_WITHIN)) {
            throw new IllegalStateException("the server was not ready within " + Setup.READY_WITHIN.toSeconds() + " s");
        }
        return (System.nanoTime() - started) / 1e9;
    }

    private static void kill(String command) {
        int exit = Shell.end(Shell.start(command));
        if (exit != 0) {
            throw new IllegalStateException("--kill-cmd ended with " + exit);
        }
    }
}
