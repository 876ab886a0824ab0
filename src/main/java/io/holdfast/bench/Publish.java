package io.holdfast.bench;

import io.holdfast.bench.Publishing.Pace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Publishes to one channel or outbox after the other while nobody is connected; measured until all receipts have come. */
final class Publish implements Scenario {
    @Override
    public Result run(Setup setup) {
        Options options = setup.options();
        int batch = options.via == Options.Via.HTTP ? 1 : options.batch;
        int underWay = options.underWayOr(16);
        Publishing publishing = new Publishing(
                setup.loop(),
                setup.payload(),
                Ledger.broadcast(0),
                setup.publisher(options.to, setup.freshNames("p"), underWay),
                new Pace(
                        options.rate > 0 ? Integer.MAX_VALUE / 2 : underWay * batch,
                        Integer.MAX_VALUE,
                        batch,
                        0,
                        options.rate,
                        options.patience));
        Optional<ServerProcess> server = setup.server();
        FanOut.warmUp(options, publishing, server);

        int first = publishing.next();
        Measured measured = setup.measured(server);
        publishing.run(options.measured, Integer.MAX_VALUE / 2);
        double seconds = measured.seconds();
        double cpu = measured.cpuSeconds();

        int messages = publishing.next() - first;
        Map<String, Object> more = new LinkedHashMap<>();
        measured.addTo(more, messages);
        String name = "publish to " + (options.to == To.CHANNEL ? "channels, " : "outboxes, ")
                + (batch > 1 ? "batches of " + batch : "one by one") + ", " + options.flow(underWay);
        return new Result(
                setup.label(name),
                setup.target().name(),
                0,
                messages,
                0,
                seconds,
                cpu,
                0,
                publishing.receipts(),
                Faults.NONE,
                publishing.problems(),
                more);
    }
}
