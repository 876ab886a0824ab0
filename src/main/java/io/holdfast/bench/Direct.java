package io.holdfast.bench;

import io.holdfast.bench.Publishing.Pace;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sends to one client after the other; measured until everything is delivered, and confirmed where the server counts that. */
final class Direct implements Scenario {
    @Override
    public Result run(Setup setup) {
        Options options = setup.options();
        int clients = options.clients;
        boolean overSocket = options.via == Options.Via.SOCKET;
        boolean batched = overSocket || options.via == Options.Via.BATCH;
        int batch = batched ? options.batch : 1;
        int underWay = options.underWayOr(64);
        double rate = options.rate;
        List<String> names = setup.freshNames("d");

        Ledger ledger = Ledger.unicast(clients);
        Watch watch = new Watch(setup.payload(), ledger);
        Crowd crowd = new Crowd(setup.loop(), setup.target(), names, null, setup.payload(), watch, setup.traffic());
        crowd.connect(Setup.CONNECTING_AT_A_TIME, Setup.CONNECT_LIMIT);
        int connections = batched ? Math.max(1, Math.min(4, underWay)) : underWay;
        Submitter submitter = setup.publisher(To.OUTBOX, names, connections);
        int limit = rate > 0 ? Integer.MAX_VALUE / 2 : underWay * batch;
        Publishing publishing = new Publishing(
                setup.loop(),
                setup.payload(),
                ledger,
                submitter,
                new Pace(limit, Integer.MAX_VALUE, batch, 1, rate, options.patience));
        watch.onFirst(publishing::arrived);

        Optional<ServerProcess> server = setup.server();
        boolean confirms = setup.target().confirms();
        Probe probe = setup.probe();
        long confirmedBefore = confirms ? probe.acknowledged() : 0;
        FanOut.warmUp(options, publishing, server);
        if (confirms) {
            probe.awaitAcknowledged(confirmedBefore + publishing.next(), options.patience);
        }

        int first = publishing.next();
        watch.measureFrom(first);
        Measured measured = setup.measured(server);
        publishing.run(options.measured, Integer.MAX_VALUE / 2);
        double delivered = measured.seconds();
        double perFrame = measured.messagesPerFrame();
        int sent = publishing.next();
        long confirmed =
                confirms ? probe.awaitAcknowledged(confirmedBefore + sent, options.patience) - confirmedBefore : sent;
        double cpu = measured.cpuSeconds();
        double untilConfirmed = measured.seconds();

        setup.loop().runFor(Duration.ofMillis(200)); // whatever comes a second time, comes now
        List<String> problems = FanOut.problems(publishing, crowd);
        if (confirmed != sent) {
            problems.add("confirmed " + confirmed + " of " + sent);
        }
        Map<String, Object> more = new LinkedHashMap<>();
        measured.addTo(more, sent - first);
        more.put("receiptP99Millis", publishing.receipts().getValueAtPercentile(99) / 1e3);
        if (confirms) {
            more.put("lastConfirmedAfterLastDeliverySeconds", untilConfirmed - delivered);
        }
        crowd.leave(Duration.ofSeconds(5));
        String name = "direct, " + (batched ? "batches of " + batch : "one by one") + ", "
                + (overSocket ? "over WebSocket, " : "")
                + options.flow(underWay);
        return new Result(
                setup.label(name),
                setup.target().name(),
                clients,
                sent - first,
                watch.firsts(),
                delivered,
                cpu,
                perFrame,
                watch.latency(),
                ledger.faults(),
                problems,
                more);
    }
}
