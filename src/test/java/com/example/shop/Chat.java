package com.example.shop;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ChannelName;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.OnPublish;
import io.holdfast.handlers.OnSubscribe;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.SubscribeDecision;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

@ApplicationScoped
public class Chat {
    public record Said(@NotBlank @Size(max = 200) String text) {}

    public record Line(String from, String text) {}

    @OnSubscribe("chat")
    public SubscribeDecision enter(Caller caller, ChannelName room) {
        if (room.value().equals("chat:staff") && !caller.hasRole("staff")) {
            throw new HandlerException(HandlerException.PERMISSION_DENIED, "for staff only");
        }
        return SubscribeDecision.accept().withData(new Line("shop", "Welcome, " + caller.client()));
    }

    /** The others see who wrote it, as the server knows it, and not what the page claims. */
    @OnPublish("chat")
    public PublishDecision say(Caller caller, @NotNull @Valid Said said) {
        return PublishDecision.accept()
                .withData(new Line(caller.client(), said.text().strip()));
    }
}
