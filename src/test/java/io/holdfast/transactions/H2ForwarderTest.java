package io.holdfast.transactions;

import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;

class H2ForwarderTest extends ForwarderContract {
    @Override
    ApplicationDatabase database() throws Exception {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        ApplicationDatabase database = new ApplicationDatabase(source);
        database.create("h2.sql");
        return database;
    }
}
