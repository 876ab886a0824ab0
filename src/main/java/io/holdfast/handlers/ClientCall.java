package io.holdfast.handlers;

import org.jspecify.annotations.Nullable;

/**
 * What a client wants of a handler.
 *
 * @param target the name of an rpc, or the channel; empty for what has neither
 * @param data one JSON value; null for none
 * @param bytes the payload of a publish byte for byte, if it is not one compact JSON value; then {@code data} is the same as JSON, or null.
 *     Otherwise null
 * @param meta what {@link ConnectDecision#meta} has said about this connection, one JSON value; null for none
 */
public record ClientCall(
        Caller caller,
        Link link,
        String target,
        byte @Nullable [] data,
        byte @Nullable [] bytes,
        byte @Nullable [] meta) {

    // Not the compact form: javac 17 forgets the annotation of its arrays in the class file.
    public ClientCall(
            Caller caller,
            Link link,
            String target,
            byte @Nullable [] data,
            byte @Nullable [] bytes,
            byte @Nullable [] meta) {
        this.caller = caller;
        this.link = link;
        this.target = target;
        this.data = data;
        this.bytes = bytes;
        this.meta = meta;
    }

    /** With JSON, or without a payload. */
    public ClientCall(Caller caller, Link link, String target, byte @Nullable [] data, byte @Nullable [] meta) {
        this(caller, link, target, data, null, meta);
    }
}
