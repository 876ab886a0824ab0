package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code message CLIENT ID}: where a message stands. */
@Command(name = "message", description = "Shows the state of a message to a client. Role: publisher or reader.")
final class MessageCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(index = "0", paramLabel = "CLIENT", description = "The client that the message was sent to.")
    private String client = "";

    @Parameters(index = "1", paramLabel = "ID", description = "The message id, as in the receipt.")
    private String id = "";

    @Override
    public Integer call() {
        server.screen()
                .document(server.api()
                        .get("/api/message?client=" + ApiClient.encoded(client) + "&id=" + ApiClient.encoded(id)));
        return Exit.OK.code();
    }
}
