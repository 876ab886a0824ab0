package io.holdfast.stream.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that stores under load (SIGKILL) and looks at what is left. {@code -Dholdfast.crash.rounds=20} for more
 * rounds, {@code -Dholdfast.seed} to repeat a run's moments.
 */
class StreamEngineCrashIT {

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    Path parent;

    @Test
    void sigkill_under_load_loses_changes_doubles_and_reorders_nothing_acknowledged() throws Exception {
        int rounds = Integer.getInteger("holdfast.crash.rounds", 3);
        System.out.println("StreamEngineCrashIT: -Dholdfast.seed=" + seed + " -Dholdfast.crash.rounds=" + rounds);
        Acknowledged acknowledged = new Acknowledged();
        for (int round = 0; round < rounds; round++) {
            int before = acknowledged.count();
            writeAndKill(true, "r" + round, acknowledged);
            assertThat(acknowledged.count()).as("acknowledged under load").isGreaterThan(before + 500);
            assertThat(faults(true, acknowledged))
                    .as("round %s of seed %s", round, seed)
                    .isEmpty();
        }
    }

    @Test
    void the_same_check_fails_without_the_log() throws Exception {
        Acknowledged acknowledged = new Acknowledged();
        writeAndKill(false, "r0", acknowledged);
        assertThat(faults(false, acknowledged)).anyMatch(fault -> fault.startsWith("missing: "));
    }

    private List<String> faults(boolean wal, Acknowledged acknowledged) {
        try (RocksDbEngine engine = RocksDbEngine.open(
                TestStores.options(parent, true, wal, 1L << 34), System::currentTimeMillis, System::nanoTime)) {
            return acknowledged.faultsOf(engine);
        }
    }

    private void writeAndKill(boolean wal, String prefix, Acknowledged acknowledged) throws Exception {
        Process process = Jvm.start(CrashWriterMain.class, parent.toString(), String.valueOf(wal), prefix);
        int enough = acknowledged.count() + 600 + random.nextInt(6000);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            boolean killed = false;
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c != '\n') {
                    line.append((char) c);
                    continue;
                }
                acknowledged.heard(line.toString());
                line.setLength(0);
                if (!killed && (acknowledged.count() >= enough || System.nanoTime() > deadline)) {
                    process.toHandle().destroyForcibly(); // unlike Process.destroyForcibly it leaves the pipe open
                    killed = true;
                }
            }
        }
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("killed by SIGKILL, did not end by itself")
                .isNotIn(0, 1);
    }
}
