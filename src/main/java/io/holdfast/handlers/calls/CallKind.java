package io.holdfast.handlers.calls;

import java.util.Locale;

/** What a handler is called for. */
public enum CallKind {
    RPC,
    SEND,
    CONNECT,
    REFRESH,
    SUBSCRIBE,
    SUB_REFRESH,
    PUBLISH;

    /** The name in metrics and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
