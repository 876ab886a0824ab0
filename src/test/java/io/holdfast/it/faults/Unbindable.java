package io.holdfast.it.faults;

import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;

/** Takes what no payload can be bound to. */
@ApplicationScoped
public class Unbindable {
    @OnRpc("upload")
    public void upload(InputStream stream) {}
}
