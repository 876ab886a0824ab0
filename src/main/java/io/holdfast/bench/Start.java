package io.holdfast.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the server and ends it again: seconds from the command to readiness, and the CPU time and the memory that it took. */
final class Start implements Scenario {
    @Override
    public Result run(Setup setup) {
        Options options = setup.options();
        if (options.startCommand.isEmpty()) {
            throw new IllegalArgumentException("start needs --start-cmd");
        }
        if (setup.probe().get(options.readyPath).status() != 0) {
            throw new IllegalStateException("another server answers at port " + options.port + " already");
        }
        long began = System.nanoTime();
        Process process = Shell.start(options.startCommand);
        Map<String, Object> more = new LinkedHashMap<>();
        double seconds;
        double cpu;
        try {
            boolean ready = setup.probe().awaitReady(options.readyPath, Setup.READY_WITHIN);
            seconds = (System.nanoTime() - began) / 1e9;
            if (!ready || !process.isAlive()) {
                throw new IllegalStateException("the server was not ready within " + Setup.READY_WITHIN.toSeconds()
                        + " s, or --start-cmd has ended");
            }
            ServerProcess server = new ServerProcess(process.pid());
            cpu = server.cpuSeconds();
            more.put("readyAfterSeconds", seconds);
            more.put("cpuSecondsUntilReady", cpu);
            more.put("residentMegabytes", server.residentKilobytes() / 1024.0);
        } finally {
            process.destroy();
            Shell.end(process);
        }
        return new Result(
                setup.label("start"),
                setup.target().name(),
                0,
                0,
                0,
                seconds,
                cpu,
                0,
                Result.latencies(),
                Faults.NONE,
                List.of(),
                more);
    }
}
