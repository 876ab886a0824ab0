package io.holdfast.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts for databases that no test has at hand say the same as those that tests run. */
class ScriptsTest {
    private static final Pattern COLUMN = Pattern.compile("(?m)^ {4}([a-z_]+) +[A-Z]");
    private static final Pattern STATEMENT = Pattern.compile("(?m)^(CREATE TABLE|CREATE INDEX|INSERT INTO) (\\w+)");

    private static String script(String database) throws IOException {
        try (InputStream in = Forwarder.class.getResourceAsStream(database + ".sql")) {
            assertThat(in).as(database).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> found(Pattern pattern, String script) {
        return pattern.matcher(script)
                .results()
                .map(MatchResult::group)
                .map(String::trim)
                .toList();
    }

    private static List<String> columns(String script) {
        return COLUMN.matcher(script).results().map(match -> match.group(1)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"derby", "postgresql", "mysql", "oracle", "sqlserver", "db2"})
    void every_script_has_the_tables_and_columns_of_the_one_for_h2(String database) throws IOException {
        assertThat(columns(script("h2"))).hasSize(12);
        assertThat(columns(script(database))).isEqualTo(columns(script("h2")));
        assertThat(found(STATEMENT, script("h2"))).hasSize(4);
        assertThat(found(STATEMENT, script(database))).isEqualTo(found(STATEMENT, script("h2")));
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, STANDARD",
        "H2, STANDARD",
        "Apache Derby, DERBY",
        "Oracle, STANDARD",
        "MySQL, MYSQL",
        "MariaDB, MYSQL",
        "Microsoft SQL Server, SQL_SERVER",
        "DB2/LINUXX8664, DB2"
    })
    void the_dialect_follows_from_the_products_name(String product, Dialect dialect) {
        assertThat(Dialect.of(product)).isEqualTo(dialect);
    }

    @Test
    void where_readers_wait_for_writers_the_dialect_reads_past_them() {
        assertThat(Dialect.SQL_SERVER.select("state = 'W'", 7))
                .contains("WITH (READPAST) WHERE state = 'W' ORDER BY seq OFFSET 0 ROWS FETCH NEXT 7 ROWS ONLY");
        assertThat(Dialect.DB2.select("state = 'W'", 7)).endsWith("FETCH FIRST 7 ROWS ONLY SKIP LOCKED DATA");
        assertThat(Dialect.MYSQL.select("state = 'W'", 7)).endsWith("ORDER BY seq LIMIT 7");
    }
}
