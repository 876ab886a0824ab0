package io.holdfast.http;

/** What a publisher may ask for. The constants of the compatible shape ignore fields they do not know, ours refuses them. */
enum Kind {
    PUBLISH("publish"),
    BROADCAST("broadcast"),
    SEND("send");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** As in a batch and in the path. */
    String word() {
        return word;
    }

    boolean strict() {
        return this == SEND;
    }
}
