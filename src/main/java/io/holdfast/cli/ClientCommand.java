package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code client ID}: one of them, with its devices. */
@Command(name = "client", description = "Shows a client and its devices. Role: reader.")
final class ClientCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(paramLabel = "CLIENT", description = "The name of the client.")
    private String client = "";

    @Override
    public Integer call() {
        server.screen().document(server.api().get("/api/client?client=" + ApiClient.encoded(client)));
        return Exit.OK.code();
    }
}
