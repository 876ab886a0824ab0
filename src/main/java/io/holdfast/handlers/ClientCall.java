package io.holdfast.handlers;

import org.jspecify.annotations.Nullable;

/**
 * What a client wants of a handler.
 *
 * @param target the name of an rpc, or the channel; empty for what has neither
 * @param data one JSON value; null for none
 */
public record ClientCall(Caller caller, String target, byte @Nullable [] data) {

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public ClientCall(Caller caller, String target, byte @Nullable [] data) {
        this.caller = caller;
        this.target = target;
        this.data = data;
    }
}
