package io.holdfast.it.faults;

import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.SessionScoped;
import java.io.Serializable;

/** Answers from a session, which connections do not have. */
@SessionScoped
public class InSession implements Serializable {
    private static final long serialVersionUID = 1L;

    @OnRpc("cart")
    public void cart() {}
}
