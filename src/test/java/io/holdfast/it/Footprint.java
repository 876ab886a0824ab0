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
 * @param heapKilobytes in use after a full collection
 */
record Footprint(long threads, long heapKilobytes) {
    private static final Pattern HEAP_USED = Pattern.compile("(?:generation|heap|Gen).*used (\\d+)K");

    static Footprint of(LibertyServer server) {
        long heap = 0;
        Matcher used = HEAP_USED.matcher(jcmd(server, "GC.run") + jcmd(server, "GC.heap_info"));
        while (used.find()) {
            heap += Long.parseLong(used.group(1));
        }
        if (heap == 0) {
            throw new AssertionError("jcmd told nothing of the heap");
        }
        return new Footprint(threads(server), heap);
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
