package com.example.shop;

import io.holdfast.handlers.OnRpc;
import io.holdfast.handlers.OnSend;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Notes what comes in a file, a line each, which outlives the server. */
@ApplicationScoped
public class Notes {
    @Inject
    @ConfigProperty(name = "shop.notes")
    Path file;

    @OnSend
    public void sent(String json) throws IOException {
        note(json);
    }

    @OnRpc("note")
    public String note(String json) throws IOException {
        Files.writeString(file, json + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return json;
    }

    @OnRpc("note-and-hang")
    public void noteAndHang(String json) throws IOException, InterruptedException {
        note(json);
        new CountDownLatch(1).await();
    }
}
