package io.holdfast.app;

import io.holdfast.stream.postgresql.Durability;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which engine stores the messages, and how it reaches its database. Only the first matters for RocksDB.
 *
 * @param datasource the JNDI name of a data source of the container; counts if there is no {@code url}
 * @param url of the database, if the container has no data source for it; without a password
 * @param connections the most that are used at the same time
 * @param socketTimeout after which a connection without an answer is given up
 */
record EngineSettings(
        Kind kind,
        Durability durability,
        String datasource,
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        int connections,
        Duration socketTimeout) {

    /** The engines. */
    enum Kind {
        /** The embedded one: its store is a directory of this machine. */
        ROCKSDB,
        /** Its store is a database server. */
        POSTGRESQL
    }

    /** Where the database is; without the parameters of the URL, which may be secrets. */
    String place() {
        return url == null ? "data source " + datasource : url.replaceFirst("\\?.*", "");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return kind + " " + durability + " " + (url == null ? datasource : url);
    }
}
