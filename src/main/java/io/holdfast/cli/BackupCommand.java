package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code backup [NAME]}: the server writes a backup of its store while it runs. */
@Command(
        name = "backup",
        description =
                "Makes a backup of the server's store while the server runs, and waits until it is written. Role: admin.")
final class BackupCommand implements Callable<Integer> {
    private static final Duration LEAST = Duration.ofMinutes(10);

    @Mixin
    private final Server server = new Server();

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description =
                    "The name of the backup's directory below the server's holdfast.backup.directory. The default is the time.")
    private @Nullable String name;

    @Override
    public Integer call() {
        String path = name == null ? "/api/backup" : "/api/backup?name=" + ApiClient.encoded(name);
        server.screen().document(server.api(LEAST).post(path, "{}"));
        return Exit.OK.code();
    }
}
