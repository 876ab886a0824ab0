package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.client.Times;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code send CLIENT [JSON|-]}: into a client's outbox. */
@Command(
        name = "send",
        description =
                "Sends a message to a client, and prints the receipt when the message is stored. Role: publisher.")
final class SendCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(index = "0", paramLabel = "CLIENT", description = "The client that gets the message.")
    private String client = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "JSON", description = Outgoing.PAYLOAD)
    private @Nullable String payload;

    @Mixin
    private final Outgoing outgoing = new Outgoing();

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = Time.class,
            description = "How long the message waits for its client, such as 90s, 5m or 7d; with 0 it never expires.")
    private @Nullable Duration ttl;

    @Option(
            names = "--dedup",
            paramLabel = "HOW",
            description = "How duplicates are recognised: channel, id, content or none.")
    private @Nullable String dedup;

    @Option(names = "--not-critical", description = "Stores nothing: only connections that keep up get the message.")
    private boolean notCritical;

    @Override
    public Integer call() throws IOException {
        return outgoing.submit(
                server,
                new Outgoing.Call("send", "id", this::fields),
                payload,
                (answer, screen) -> screen.document(answer));
    }

    private void fields(JsonGenerator json) throws IOException {
        json.writeStringField("client", client);
        if (ttl != null) {
            json.writeNumberField("ttl", Times.seconds(ttl));
        }
        if (dedup != null) {
            json.writeStringField("dedup", dedup);
        }
        if (notCritical) {
            json.writeBooleanField("critical", false);
        }
    }
}
