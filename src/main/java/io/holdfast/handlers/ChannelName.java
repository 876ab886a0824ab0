package io.holdfast.handlers;

/** The channel that a client wants to subscribe or publish to, as a parameter of a method that decides about it. */
public record ChannelName(String value) {

    /** The name itself. */
    @Override
    public String toString() {
        return value;
    }
}
