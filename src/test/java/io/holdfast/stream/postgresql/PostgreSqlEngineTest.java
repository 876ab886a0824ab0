package io.holdfast.stream.postgresql;

import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamEngineContract;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/** The engine on PostgreSQL keeps the contract. */
class PostgreSqlEngineTest extends StreamEngineContract {

    private static final EmptyDatabase DATABASE = new EmptyDatabase();

    private final DataSource database = DATABASE.source();

    @Override
    protected boolean shared() {
        return true;
    }

    @Override
    protected StreamEngine open(LongSupplier clockMillis, OutboxRetention outboxes) {
        return PostgreSqlEngine.open(TestDatabases.options(database, outboxes), clockMillis, System::nanoTime);
    }
}
