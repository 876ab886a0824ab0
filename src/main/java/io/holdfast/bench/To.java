package io.holdfast.bench;

/** Where messages go. */
enum To {
    /** To everybody who is subscribed. */
    CHANNEL("publish", "channel"),
    /** To one client, connected or not. */
    OUTBOX("send", "client");

    /** The name of the call, in paths and in batches. */
    final String call;

    /** The field of the call that names the channel or the client. */
    final String field;

    To(String call, String field) {
        this.call = call;
        this.field = field;
    }
}
