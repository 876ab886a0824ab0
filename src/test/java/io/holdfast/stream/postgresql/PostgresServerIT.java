package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class PostgresServerIT {

    @Test
    void every_database_is_empty_and_belongs_to_an_ordinary_user() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        DataSource first = server.newDatabase();
        execute(first, "CREATE TABLE t (n int)");
        execute(server.newDatabase(), "CREATE TABLE t (n int)");

        assertThat(text(first, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
                .isEqualTo("f");
    }

    @Test
    void a_killed_server_keeps_its_transactions() throws SQLException {
        try (PostgresServer server = PostgresServer.start(Map.of())) {
            DataSource database = server.newDatabase();
            execute(database, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (7)");

            server.kill();
            assertThatThrownBy(database::getConnection).isInstanceOf(SQLException.class);
            server.restart();

            assertThat(text(database, "SELECT n FROM t")).isEqualTo("7");
        }
    }

    @Test
    void a_synchronous_standby_has_what_was_committed_and_can_take_over() throws SQLException {
        try (PostgresServer primary = PostgresServer.start(Map.of());
                PostgresServer standby = PostgresServer.standbyOf(primary, "second")) {
            primary.set("synchronous_standby_names", "second");
            String name = primary.newDatabaseName();
            assertThat(text(primary.database(name), "SELECT sync_state FROM pg_stat_replication"))
                    .isEqualTo("sync");
            execute(primary.database(name), "CREATE TABLE t (n int)", "INSERT INTO t VALUES (7)");

            primary.kill();
            standby.promote();

            assertThat(text(standby.database(name), "SELECT n FROM t")).isEqualTo("7");
            standby.set("synchronous_standby_names", "");
            execute(standby.database(name), "INSERT INTO t VALUES (8)");
        }
    }

    /** {@link #main} is the program. */
    @Test
    void nothing_is_left_of_a_jvm_that_was_killed() throws Exception {
        Process jvm = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PostgresServerIT.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
            String url = output.readLine();
            Path directory = Path.of(output.readLine());
            assertThat(directory).isDirectory();

            jvm.destroyForcibly().waitFor();

            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (Files.exists(directory) && System.nanoTime() < end) {
                Thread.sleep(50);
            }
            assertThat(directory).doesNotExist();
            assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "wrong"))
                    .hasMessageContaining("refused");
        } finally {
            jvm.destroyForcibly();
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.out.println(PostgresServer.shared().url("postgres"));
        System.out.println(PostgresHome.ofThisJvm().directory());
        Thread.sleep(TimeUnit.MINUTES.toMillis(5));
    }

    private static void execute(DataSource database, String... statements) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String text(DataSource database, String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }
}
