package io.holdfast.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a test sees of a cluster's database from within: sizes, and cursors that move back. */
final class ClusterDatabase {
    private static final String LARGE = """
            SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'holdfast\\_%' AND pg_total_relation_size(oid) > 65536
            ORDER BY pg_total_relation_size(oid) DESC""";
    private static final String SIZE = """
            SELECT replace('%1$s', 'holdfast_', '') || ' ' || count(*) || ' rows in ' || pg_total_relation_size('%1$s') / 1024 || ' KiB'
            FROM %1$s""";
    private static final String LOG = "SELECT (sum(size) / 1024)::bigint || ' KiB' FROM pg_ls_waldir()";

    private static final String KIB = """
            SELECT (sum(pg_total_relation_size(oid)) / 1024)::bigint FROM pg_class
            WHERE relkind = 'r' AND relname LIKE 'holdfast\\_%'""";

    private final Cluster cluster;

    ClusterDatabase(Cluster cluster) {
        this.cluster = cluster;
    }

    /** From now on the database itself notes each cursor that moves back. */
    void watchCursors() {
        cluster.postgres().execute(cluster.database(), """
                CREATE TABLE IF NOT EXISTS moved_back (what text)""", """
                GRANT ALL ON moved_back TO PUBLIC""", """
                CREATE OR REPLACE FUNCTION note_moved_back() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO moved_back VALUES (OLD::text || ' became ' || NEW::text);
                    RETURN NEW;
                END $$""", """
                CREATE OR REPLACE TRIGGER moved_back BEFORE UPDATE ON holdfast_device FOR EACH ROW
                WHEN (NEW.off < OLD.off) EXECUTE FUNCTION note_moved_back()""");
    }

    List<String> cursorsMovedBack() {
        return all("SELECT what FROM moved_back LIMIT 10");
    }

    /** Of the larger tables, with their indexes and dead rows, and of the write-ahead log. */
    /** Of the larger tables: rows that are there, and what the table takes with its indexes and dead rows. */
    String sizes() {
        return all(LARGE).stream()
                        .map(table -> all(String.format(SIZE, table)).get(0))
                        .collect(Collectors.joining(", "))
                + "; write-ahead log " + all(LOG).get(0);
    }

    /** Of all tables, with their indexes and dead rows. */
    long kib() {
        return Long.parseLong(all(KIB).get(0));
    }

    private List<String> all(String query) {
        try (Connection connection =
                        cluster.postgres().superuser(cluster.database()).getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }
}
