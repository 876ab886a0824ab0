package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code publish CHANNEL [JSON|-]}: to whoever is subscribed. */
@Command(name = "publish", description = "Publishes to a channel, and prints the position. Role: publisher.")
final class PublishCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
    private String channel = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "JSON", description = Outgoing.PAYLOAD)
    private @Nullable String payload;

    @Mixin
    private final Outgoing outgoing = new Outgoing();

    @Option(names = "--skip-history", description = "Stores nothing: only connections that keep up get the message.")
    private boolean skipHistory;

    @Override
    public Integer call() throws IOException {
        return outgoing.submit(
                server,
                new Outgoing.Call("publish", "idempotency_key", this::fields),
                payload,
                (answer, screen) ->
                        screen.document(Refusals.answer(answer).at("result").toString()));
    }

    private void fields(JsonGenerator json) throws IOException {
        json.writeStringField("channel", channel);
        if (skipHistory) {
            json.writeBooleanField("skip_history", true);
        }
    }
}
