package io.holdfast.validate;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** No room for what the server must store: on its file system, or by a limit on what its files may hold. */
final class FullDisk {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private FullDisk() {}

    /** How the room is taken, again before each attempt, since a server may give room back that it had reserved. */
    private interface Trouble {
        void make() throws IOException, InterruptedException;
    }

    /** On a tmpfs, if one can be mounted. */
    static void run(Scope scope) throws IOException, InterruptedException {
        Path disk = Files.createTempDirectory("holdfast-validate");
        scope.opened(disk, () -> disk.toFile().delete());
        String refused = command("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", disk.toString());
        if (!refused.isEmpty()) {
            throw new NotApplicableException("it needs root to mount a tmpfs: " + refused);
        }
        try {
            scope.spawned().kill();
            Path data = disk.resolve("data");
            scope.spawned()
                    .start(Map.of(
                            "HOLDFAST_DATA_DIRECTORY", data.toString(), "HOLDFAST_STORE_MIN_FREE_BYTES", "16777216"));
            if (isEmpty(data)) {
                throw new NotHeldException("the server does not take its data directory from HOLDFAST_DATA_DIRECTORY");
            }
            filled(scope, disk);
        } finally {
            scope.spawned().kill();
            command("umount", disk.toString());
            scope.spawned().start(Map.of());
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** Empty if it went well, else what it said. */
    private static String command(String... words) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return words[0] + " does not end";
            }
            return process.exitValue() == 0 ? "" : said.isEmpty() ? words[0] + " failed" : said;
        } catch (IOException e) {
            return words[0] + " is not installed";
        }
    }

    private static void filled(Scope scope, Path disk) throws IOException, InterruptedException {
        Path filler = disk.resolve("holdfast-validate-filler");
        scope.opened(filler, () -> filler.toFile().delete());
        withoutRoom(scope, () -> fill(filler), () -> Files.delete(filler));
    }

    /** By RLIMIT_FSIZE of the running server: every write that makes a file longer fails. */
    static void limited(Scope scope) throws IOException, InterruptedException {
        Spawned server = scope.spawned();
        limitFiles(server, "1:");
        try {
            withoutRoom(scope, () -> {}, () -> limitFiles(server, "unlimited:"));
        } finally {
            limitFiles(server, "unlimited:");
        }
    }

    /** @param bytes as {@code prlimit --fsize} takes it, the soft limit before a colon */
    private static void limitFiles(Spawned server, String bytes) throws InterruptedException {
        for (ProcessHandle process : server.processes()) {
            String refused = command("prlimit", "--pid", String.valueOf(process.pid()), "--fsize=" + bytes);
            if (!refused.isEmpty() && process.isAlive()) {
                throw new NotApplicableException("it needs prlimit (util-linux), and it says: " + refused);
            }
        }
    }

    private static void withoutRoom(Scope scope, Trouble taken, Trouble given)
            throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("disk"));
        device.connect();
        String away = Scope.fresh("away");
        List<String> ids = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        AtomicReference<String> stuck = new AtomicReference<>("");
        scope.until("publishing is refused with 503", Duration.ofSeconds(60), () -> {
            taken.make();
            String id = Scope.fresh("m");
            int status = scope.api().trySend(device.client(), id, "{\"n\":1}").status();
            if (status == 200) {
                ids.add(id);
            }
            stuck.set(id);
            return status == 503;
        });
        given.make();
        String refused = String.valueOf(stuck.get());
        scope.api().sendUntilAccepted(device.client(), refused, "{\"n\":1}", PATIENCE);
        ids.add(refused);
        ids.addAll(scope.send(device.client(), 10));
        waiting.addAll(scope.send(away, 10));
        device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
        Device returned = scope.device(away);
        returned.awaitThroughFaults(returned.outbox(), waiting, PATIENCE);
        scope.delivered();
        scope.note(ids.size() + waiting.size() + " messages");
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int size = block.length; size >= 512; size /= 2) {
                writeAll(out, block, size);
            }
        }
    }

    /** Writes until there is no room for as much. */
    private static void writeAll(OutputStream out, byte[] block, int size) {
        try {
            while (true) {
                out.write(block, 0, size);
            }
        } catch (IOException e) {
            // No room, which is what was wanted.
        }
    }
}
