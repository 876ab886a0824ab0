package io.holdfast.transactions;

import io.holdfast.stream.postgresql.PostgresServer;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class PostgreSqlForwarderIT extends ForwarderContract {
    @Override
    ApplicationDatabase database() throws Exception {
        ApplicationDatabase database =
                new ApplicationDatabase(PostgresServer.shared().newDatabase());
        database.create("postgresql.sql");
        return database;
    }
}
