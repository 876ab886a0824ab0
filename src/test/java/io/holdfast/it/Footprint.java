package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server takes of the machine.
 *
 * @param threads of the process
 * @param heapKilobytes of live objects
 */
record Footprint(long threads, long heapKilobytes) {
    private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    /** Does not count what the server throws away at the same time: the histogram collects and counts in one pause. */
    static Footprint of(LibertyServer server) {
        Matcher live = LIVE.matcher(jcmd(server, "GC.class_histogram"));
        if (!live.find()) {
            throw new AssertionError("jcmd told nothing of the heap");
        }
        return new Footprint(threads(server), Long.parseLong(live.group(1)) / 1024);
    }

    private static long threads(LibertyServer server) {
        try (var lines = Files.lines(Path.of("/proc", String.valueOf(server.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("Threads:"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring("Threads:".length()).strip()))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jcmd(LibertyServer server, String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            String.valueOf(server.pid()),
                            command)
                    .redirectErrorStream(true)
                    .start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
