package io.holdfast.http;

/** A publisher names a channel in a namespace that does not exist. */
final class UnknownChannelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownChannelException() {
        super("the channel's namespace does not exist (holdfast.namespaces)", null, false, false);
    }
}
