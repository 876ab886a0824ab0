package io.holdfast.app;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.OnRpc;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** What the gateway's page calls in development mode; otherwise nothing answers it. An example of a handler, too. */
@ApplicationScoped
public class ExampleHandlers {

    /**
     * Says who has called, and with what.
     *
     * @param sent JSON, as it came; null if there was none
     */
    @OnRpc("example.echo")
    public byte[] echo(Caller caller, byte @Nullable [] sent) {
        byte[] data = sent == null ? JsonInput.NULL : sent;
        return new JsonOutput(data.length + 128)
                .open()
                .field("client", caller.client())
                .field("device", caller.device() == null ? "default" : caller.device())
                .field("address", caller.address())
                .name("data")
                .raw(data)
                .comma()
                .close()
                .toBytes();
    }
}
