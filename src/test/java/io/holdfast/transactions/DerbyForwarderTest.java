package io.holdfast.transactions;

import java.util.UUID;
import org.apache.derby.jdbc.EmbeddedDataSource;

class DerbyForwarderTest extends ForwarderContract {
    @Override
    ApplicationDatabase database() throws Exception {
        EmbeddedDataSource source = new EmbeddedDataSource();
        source.setDatabaseName("memory:" + UUID.randomUUID());
        source.setCreateDatabase("create");
        ApplicationDatabase database = new ApplicationDatabase(source);
        database.create("derby.sql");
        database.execute("CALL SYSCS_UTIL.SYSCS_SET_DATABASE_PROPERTY('derby.locks.waitTimeout', '1')");
        return database;
    }

    @Override
    boolean readsPastOpenTransactions() {
        return false;
    }
}
