package io.holdfast.delivery.commit;

import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.postgresql.PostgreSqlEngine;
import io.holdfast.stream.postgresql.PostgreSqlOptions;
import io.holdfast.stream.postgresql.PostgresServer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/** Nodes that share a database. */
class NodesIT extends NodesContract {
    private final DataSource database = PostgresServer.shared().newDatabase();

    @Override
    StreamEngine open(int node, LongSupplier clockMillis) {
        return PostgreSqlEngine.open(PostgreSqlOptions.defaults(database), clockMillis, System::nanoTime);
    }
}
