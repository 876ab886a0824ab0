package io.holdfast.it.faults;

import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.ApplicationScoped;

/** Answers what another bean answers. */
@ApplicationScoped
public class SecondEcho {
    @OnRpc("echo")
    public void again() {}
}
