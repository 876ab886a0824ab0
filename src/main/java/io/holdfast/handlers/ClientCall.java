package io.holdfast.handlers;

import org.jspecify.annotations.Nullable;

/**
 * What a client wants of a handler.
 *
 * @param target the name of an rpc, or the channel; empty for what has neither
 * @param data one JSON value; null for none
 * @param meta what {@link ConnectDecision#meta} has said about this connection, one JSON value; null for none
 */
public record ClientCall(Caller caller, Link link, String target, byte @Nullable [] data, byte @Nullable [] meta) {

    // Not the compact form: javac 17 forgets the annotation of its arrays in the class file.
    public ClientCall(Caller caller, Link link, String target, byte @Nullable [] data, byte @Nullable [] meta) {
        this.caller = caller;
        this.link = link;
        this.target = target;
        this.data = data;
        this.meta = meta;
    }
}
