package io.holdfast.stream.rocksdb;

import java.nio.charset.StandardCharsets;

/** The column families; their keys and values are described in {@link Layout}. */
enum Family {
    /** What concerns the whole store. */
    STORE("default"),
    MESSAGES("messages"),
    IDS("ids"),
    EXPIRY("expiry"),
    META("meta"),
    CURSORS("cursors"),
    /** {@link io.holdfast.stream.SmallRecords}. Stores of older versions do not have it, and those refuse a store that has. */
    RECORDS("records");

    private final byte[] storedName;

    Family(String storedName) {
        this.storedName = storedName.getBytes(StandardCharsets.UTF_8);
    }

    byte[] storedName() {
        return storedName.clone();
    }
}
