package io.holdfast.bench;

import org.jspecify.annotations.Nullable;

/**
 * What a client says first.
 *
 * @param token empty in insecure mode
 * @param client by which it calls itself
 * @param outbox whether it wants its outbox
 * @param channel to subscribe to; null for none
 */
record Greeting(
        String token,
        String client,
        boolean outbox,
        @Nullable String channel) {

    /** {@code connect.data}. */
    String data() {
        return "{\"client\":\"" + client + "\"" + (outbox ? "" : ",\"outbox\":false") + "}";
    }

    int commands() {
        return channel == null ? 1 : 2;
    }
}
