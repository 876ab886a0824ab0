package com.example.shop;

import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletionStage;

@ApplicationScoped
public class Orders {
    @Inject
    ResilientWebSocketManager manager;

    /** Completes when the message is on disk. Calling it again for the same order sends nothing twice. */
    public CompletionStage<Receipt> shipped(String client, String order) {
        String json = "{\"order\":\"" + order + "\",\"state\":\"shipped\"}";
        return manager.send(client, json, SendOptions.defaults().withId("shipped-" + order));
    }
}
