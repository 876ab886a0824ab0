package com.example.parts;

import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.ApplicationScoped;

/** In another module of the EAR. */
@ApplicationScoped
public class Elsewhere {
    @OnRpc("elsewhere")
    public String answer(String json) {
        return json;
    }
}
