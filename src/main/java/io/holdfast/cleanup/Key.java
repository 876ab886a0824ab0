package io.holdfast.cleanup;

/** A resource's name. */
record Key(String kind, String id) {
    /** Kinds have no slash. */
    String text() {
        return kind + "/" + id;
    }
}
