package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Linux and the JDK tell about the server's process: CPU time, memory, threads. */
final class ServerProcess {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux
    private static final Path PROC = Path.of("/proc");
    private static final Pattern HEAP_USED = Pattern.compile("(?:generation|heap|Gen).*used (\\d+)K");

    private final long pid;

    ServerProcess(long pid) {
        this.pid = pid;
    }

    /** The process that listens on this TCP port, if it may be seen. */
    static Optional<ServerProcess> listeningOn(int port) {
        try {
            for (String table : List.of("net/tcp", "net/tcp6")) {
                String inode = listener(PROC.resolve(table), port);
                if (!inode.isEmpty()) {
                    return owner("socket:[" + inode + "]").map(ServerProcess::new);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    long pid() {
        return pid;
    }

    /** CPU seconds, user and system, since it started. */
    double cpuSeconds() {
        return ticks(stat(), 11, 2) / TICKS_PER_SECOND;
    }

    /** Fields of the process's state, without those before its name's end. */
    private String[] stat() {
        String stat = read("stat");
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    private static long ticks(String[] stat, int from, int fields) {
        return Arrays.stream(stat, from, from + fields)
                .mapToLong(Long::parseLong)
                .sum();
    }

    /** As {@link #cpuSeconds}, with its children that live, and with those that have ended. */
    double cpuSecondsOfTree() {
        double sum = ticks(stat(), 11, 4) / TICKS_PER_SECOND;
        for (ProcessHandle child :
                ProcessHandle.of(pid).stream().flatMap(ProcessHandle::children).toList()) {
            try {
                sum += new ServerProcess(child.pid()).cpuSeconds();
            } catch (UncheckedIOException e) {
                // It has just ended, and its parent has its time.
            }
        }
        return sum;
    }

    long residentKilobytes() {
        return status("VmRSS:");
    }

    long threads() {
        return status("Threads:");
    }

    /** Heap in use after a full collection, through {@code jcmd}; -1 where that is not to be had. */
    long heapKilobytesAfterCollection() {
        String info = jcmd("GC.run") + jcmd("GC.heap_info");
        Matcher used = HEAP_USED.matcher(info);
        long sum = 0;
        boolean any = false;
        while (used.find()) {
            sum += Long.parseLong(used.group(1));
            any = true;
        }
        return any ? sum : -1;
    }

    private String jcmd(String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(pid),
                            command)
                    .redirectErrorStream(true)
                    .start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private long status(String key) {
        for (String line : read("status").split("\n")) {
            if (line.startsWith(key)) {
                return Long.parseLong(
                        line.substring(key.length()).replace("kB", "").trim());
            }
        }
        return -1;
    }

    private String read(String file) {
        try {
            return Files.readString(PROC.resolve(Long.toString(pid)).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
    }

    private static String listener(Path table, int port) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        for (String line : Files.readAllLines(table)) {
            String[] fields = line.trim().split("\\s+");
            if (fields.length > 9 && fields[1].endsWith(local) && fields[3].equals("0A")) {
                return fields[9];
            }
        }
        return "";
    }

    private static Optional<Long> owner(String socket) throws IOException {
        try (Stream<Path> processes = Files.list(PROC)) {
            return processes
                    .filter(path ->
                            Character.isDigit(path.getFileName().toString().charAt(0)))
                    .filter(path -> holds(path.resolve("fd"), socket))
                    .map(path -> Long.valueOf(path.getFileName().toString()))
                    .findFirst();
        }
    }

    private static boolean holds(Path descriptors, String socket) {
        try (Stream<Path> links = Files.list(descriptors)) {
            return links.anyMatch(link -> {
                try {
                    return Files.readSymbolicLink(link).toString().equals(socket);
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            return false;
        }
    }
}
