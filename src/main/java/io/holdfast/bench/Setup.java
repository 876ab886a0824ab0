package io.holdfast.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What every scenario needs: the loop, the server, a run's own number, counters. */
final class Setup {
    static final int CONNECTING_AT_A_TIME = 100;
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(60);
    static final Duration READY_WITHIN = Duration.ofSeconds(120);

    private final Options options;
    private final Loop loop;
    private final Target target;
    private final Payload payload;
    private final int run;
    private final Traffic traffic = new Traffic();

    Setup(Options options, Loop loop) {
        this.options = options;
        this.loop = loop;
        this.target = options.target();
        this.run = ThreadLocalRandom.current().nextInt(1_000_000);
        this.payload = new Payload(run, options.payloadBytes);
    }

    Options options() {
        return options;
    }

    Loop loop() {
        return loop;
    }

    Target target() {
        return target;
    }

    Payload payload() {
        return payload;
    }

    Traffic traffic() {
        return traffic;
    }

    /**
     * Publishes message {@code n} to {@code names.get(n % names.size())}, at the other node if there is one.
     *
     * @param connections over HTTP; there is one WebSocket
     */
    Submitter publisher(To to, List<String> names, int connections) {
        loop.goTo(options.otherServer());
        Submitter submitter = switch (options.via) {
            case HTTP -> HttpSubmitter.single(loop, options.apiKey, connections, target, to, names);
            case BATCH -> HttpSubmitter.batch(loop, options.apiKey, connections, target, to, names);
            case SOCKET -> new SocketSubmitter(loop, target, to, names);
        };
        loop.goTo(options.server());
        return submitter;
    }

    /** Begins to measure the server's and the database's processes. */
    Measured measured(Optional<ServerProcess> server) {
        return new Measured(
                server, Optional.ofNullable(options.databasePid).map(ServerProcess::new), traffic, options.liveHeap);
    }

    Probe probe() {
        return new Probe(loop, options.apiKey);
    }

    /** Client ids that the server has not seen before. */
    List<String> freshNames(String prefix) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < options.clients; i++) {
            names.add(prefix + run + "-" + i);
        }
        return names;
    }

    /** The same client ids in every run. */
    List<String> names(String prefix) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < options.clients; i++) {
            names.add(prefix + i);
        }
        return names;
    }

    /** The server's process as it is now; it is another one after a restart. */
    Optional<ServerProcess> server() {
        return options.serverPid == null
                ? ServerProcess.listeningOn(loop.server().getPort())
                : Optional.of(new ServerProcess(options.serverPid));
    }

    String label(String scenario) {
        return options.label.isEmpty() ? scenario : scenario + ", " + options.label;
    }
}
