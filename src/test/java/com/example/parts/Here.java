package com.example.parts;

import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.ApplicationScoped;

/** In the WAR that has Holdfast in it. */
@ApplicationScoped
public class Here {
    @OnRpc("here")
    public String answer(String json) {
        return json;
    }
}
