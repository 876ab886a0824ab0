package io.holdfast.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code clients}: everybody whom the server has seen of late. */
@Command(name = "clients", description = "Lists the clients that were connected within the last hour. Role: reader.")
final class ClientsCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Override
    public Integer call() {
        server.screen().document(server.api().get("/api/clients"));
        return Exit.OK.code();
    }
}
