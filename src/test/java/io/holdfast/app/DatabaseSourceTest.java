package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.postgresql.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class DatabaseSourceTest {
    private static EngineSettings settings(Map<String, String> values) {
        return Configuration.read(new MapConfig(values), Path.of("/out"), Path.of("/tmp"))
                .engine();
    }

    private static String text(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    @Test
    void a_url_with_user_and_password_leads_to_the_database() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        DataSource source = DatabaseSource.of(settings(Map.of(
                "holdfast.engine.url", server.url(server.newDatabaseName()),
                "holdfast.engine.user", PostgresServer.USER,
                "holdfast.engine.password", server.password())));

        assertThat(text(source, "SELECT current_user")).isEqualTo(PostgresServer.USER);
        assertThat(text(source, "SELECT current_setting('application_name')")).isEqualTo("holdfast");
    }

    @Test
    void what_the_url_says_counts_more_than_our_defaults() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        DataSource source = DatabaseSource.of(settings(Map.of(
                "holdfast.engine.url",
                server.url(server.newDatabaseName()) + "?ApplicationName=till",
                "holdfast.engine.user",
                PostgresServer.USER,
                "holdfast.engine.password",
                server.password())));

        assertThat(text(source, "SELECT current_setting('application_name')")).isEqualTo("till");
    }

    @Test
    void a_data_source_that_the_container_does_not_have_stops_the_start() {
        assertThatThrownBy(() -> DatabaseSource.of(settings(Map.of())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.engine.datasource")
                .hasMessageContaining("jdbc/holdfast");
    }
}
