package io.holdfast.transactions;

import java.sql.Connection;
import java.sql.SQLException;

/** Gives connections to the application's database. */
@FunctionalInterface
public interface Database {

    /**
     * The caller closes it. In a transaction it takes part in it.
     *
     * @throws SQLException if the database does not answer
     * @throws IllegalStateException if the data source is not there
     */
    Connection connect() throws SQLException;
}
