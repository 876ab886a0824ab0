package io.holdfast.bench;

import io.holdfast.bench.Publishing.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Publishes to everybody on one channel, with a number of publications under way or on a schedule. */
final class FanOut implements Scenario {
    private static final String CHANNEL = "bench";
    /** Without waiting for deliveries, publishers outrun any server; so many publications more may be undelivered. */
    private static final int UNDELIVERED_TO_UNANSWERED = 16;

    private static final Duration WARM_WITHIN = Duration.ofMinutes(5);

    @Override
    public Result run(Setup setup) {
        Options options = setup.options();
        int clients = options.clients;
        int stalled = (int) Math.ceil(clients * options.stalled.doubleValue() / 100);
        int underWay = options.underWayOr(4);
        double rate = options.rate;

        Ledger ledger = Ledger.broadcast(clients);
        Watch watch = new Watch(setup.payload(), ledger);
        Crowd crowd = new Crowd(
                setup.loop(), setup.target(), setup.names("b"), CHANNEL, setup.payload(), watch, setup.traffic());
        Optional<ServerProcess> server = setup.server();
        crowd.connect(Setup.CONNECTING_AT_A_TIME, Setup.CONNECT_LIMIT);
        long threadsBefore = server.map(ServerProcess::threads).orElse(0L);
        for (int i = 0; i < stalled; i++) {
            int index = (int) ((long) i * clients / stalled);
            crowd.client(index).stall();
            ledger.excuse(index);
        }

        boolean untilReceipt = options.until == Options.Until.RECEIPT;
        int limit = rate > 0 ? Integer.MAX_VALUE : untilReceipt ? underWay * UNDELIVERED_TO_UNANSWERED : underWay;
        int connections = rate > 0 ? 32 : underWay;
        boolean overSocket = options.via == Options.Via.SOCKET;
        Publishing publishing = new Publishing(
                setup.loop(),
                setup.payload(),
                ledger,
                setup.publisher(To.CHANNEL, List.of(CHANNEL), connections),
                new Pace(
                        limit,
                        untilReceipt ? underWay : Integer.MAX_VALUE,
                        1,
                        clients - stalled,
                        rate,
                        options.patience));
        watch.onFirst(publishing::arrived);

        warmUp(options, publishing, server);
        watch.measureFrom(publishing.next());
        int first = publishing.next();
        Measured measured = setup.measured(server);
        publishing.run(options.measured, Integer.MAX_VALUE / 2);
        double seconds = measured.seconds();
        double cpu = measured.cpuSeconds();
        double perFrame = measured.messagesPerFrame();

        setup.loop().runFor(Duration.ofMillis(200)); // whatever comes a second time, comes now
        List<String> problems = problems(publishing, crowd);
        Map<String, Object> more = new LinkedHashMap<>();
        measured.addTo(more, watch.firsts());
        more.put("receiptP99Millis", publishing.receipts().getValueAtPercentile(99) / 1e3);
        crowd.cut();
        if (stalled > 0) {
            setup.loop().runFor(options.patience);
            more.put("threadsBefore", threadsBefore);
            more.put("threadsAfter", server.map(ServerProcess::threads).orElse(0L));
        }
        String name = rate > 0
                ? String.format(Locale.ROOT, "fan-out, %.0f/s", rate)
                : "fan-out, " + underWay + (untilReceipt ? " without receipt" : " under way")
                        + (overSocket ? ", over WebSocket" : "");
        return new Result(
                setup.label(stalled > 0 ? name + ", " + options.stalled.toPlainString() + " % stalled" : name),
                setup.target().name(),
                clients,
                publishing.next() - first,
                watch.firsts(),
                seconds,
                cpu,
                perFrame,
                watch.latency(),
                ledger.faults(),
                problems,
                more);
    }

    /** For the time asked for, and then second by second until the server has used as much CPU as was asked for. */
    static void warmUp(Options options, Publishing publishing, Optional<ServerProcess> server) {
        double wanted = server.map(ServerProcess::cpuSeconds).orElse(0.0) + options.warmupCpuSeconds;
        long deadline = System.nanoTime() + WARM_WITHIN.toNanos();
        if (options.cold) {
            return;
        }
        publishing.run(options.warmup, Integer.MAX_VALUE / 2);
        while (server.isPresent() && server.get().cpuSeconds() < wanted && System.nanoTime() - deadline < 0) {
            publishing.run(Duration.ofSeconds(1), Integer.MAX_VALUE / 2);
        }
    }

    /** What must not happen beside the faults. */
    static List<String> problems(Publishing publishing, Crowd crowd) {
        List<String> problems = new ArrayList<>(publishing.problems());
        problems.addAll(ended(crowd));
        return problems;
    }

    static List<String> ended(Crowd crowd) {
        return crowd.closed() == 0 ? List.of() : List.of(crowd.closed() + " connections ended: " + crowd.failures());
    }
}
