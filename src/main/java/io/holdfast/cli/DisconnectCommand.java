package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.client.Json;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code disconnect CLIENT}: closes connections. */
@Command(
        name = "disconnect",
        description =
                "Closes all connections of a client, or one of them. To keep the client out, use revoke. Role: admin.")
final class DisconnectCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(paramLabel = "CLIENT", description = "The client.")
    private String client = "";

    @Option(names = "--connection", paramLabel = "ID", description = "Only the connection with this id.")
    private @Nullable String connection;

    @Option(
            names = "--code",
            paramLabel = "CODE",
            description = "The close code. SDKs connect again after 3000 to 3499 and 4000 to 4499, and not after"
                    + " 3500 to 3999 and 4500 to 4999. The default is 3503.")
    private @Nullable Integer code;

    @Option(names = "--reason", paramLabel = "TEXT", description = "The reason that the client gets.")
    private @Nullable String reason;

    @Override
    public Integer call() {
        String answer = server.api().post("/api/disconnect", Json.object(this::fields));
        Screen screen = server.screen();
        if (screen.isJson()) {
            screen.document(Refusals.answer(answer).at("result").toString());
        } else {
            screen.print(
                    connection == null
                            ? "All connections of " + client + " are closed."
                            : "The connection " + connection + " of " + client + " is closed, if it was open.");
        }
        return Exit.OK.code();
    }

    private void fields(JsonGenerator json) throws IOException {
        json.writeStringField("user", client);
        if (connection != null) {
            json.writeStringField("client", connection);
        }
        if (code != null || reason != null) {
            json.writeObjectFieldStart("disconnect");
            if (code != null) {
                json.writeNumberField("code", code);
            }
            json.writeStringField("reason", reason == null ? "" : reason);
            json.writeEndObject();
        }
    }
}
