package io.holdfast.transactions;

/**
 * How messages in transactions are configured.
 *
 * @param dataSource JNDI name of the application's data source, whose database has the table; empty if there is none
 */
public record TransactionSettings(String dataSource) {
    public static final String KEY = "holdfast.transactions.datasource";

    public boolean enabled() {
        return !dataSource.isEmpty();
    }
}
