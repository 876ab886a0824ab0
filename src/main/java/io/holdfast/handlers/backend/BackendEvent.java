package io.holdfast.handlers.backend;

import java.util.Locale;

/** What a back end is asked about. */
public enum BackendEvent {
    CONNECT,
    REFRESH,
    SUBSCRIBE,
    SUB_REFRESH,
    PUBLISH,
    RPC;

    /** The name in metrics and messages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
