package io.holdfast.stream.rocksdb;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.OutboxRetention;
import java.nio.file.Path;
import java.time.Duration;

/** Opens a store and says "opened" or the reason why not. Arguments: directory, nosync, die (halts without closing), natives. */
final class OpenStoreMain {

    private OpenStoreMain() {}

    public static void main(String[] arguments) {
        boolean sync = arguments.length < 2 || arguments[1].equals("sync");
        boolean die = arguments.length > 2 && arguments[2].equals("die");
        Path natives = arguments.length > 3
                ? Path.of(arguments[3])
                : Path.of(System.getProperty("java.io.tmpdir"), "holdfast-test-native");
        RocksDbOptions options = new RocksDbOptions(
                Path.of(arguments[0]),
                sync,
                true,
                1L << 30,
                0,
                Duration.ofHours(1),
                Duration.ofDays(30),
                OutboxRetention.DEFAULT,
                natives);
        try {
            RocksDbEngine engine = RocksDbEngine.open(options, System::currentTimeMillis, System::nanoTime);
            System.out.println("opened");
            System.out.flush();
            if (die) {
                Runtime.getRuntime().halt(0);
            }
            engine.close();
        } catch (EngineException failure) {
            System.out.println(failure.reason());
        }
    }
}
