package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.RecordBatch;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class SoleGatewayIT {
    private final PostgresServer server = PostgresServer.shared();
    private final String name = server.newDatabaseName();
    private final DataSource database = server.database(name);

    private PostgreSqlEngine open() {
        return PostgreSqlEngine.open(TestDatabases.alone(database), System::currentTimeMillis, System::nanoTime);
    }

    @Test
    void a_second_gateway_is_refused_until_the_first_one_ends() {
        try (PostgreSqlEngine first = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.LOCKED))
                    .hasMessageContaining("Another Holdfast gateway uses this database");
            assertThat(first.waiting()).isZero();
        }
        open().close();
    }

    @Test
    void a_gateway_ends_its_own_earlier_session_but_not_that_of_another() throws SQLException {
        SoleGateway gateway = new SoleGateway();
        try (Connection lost = database.getConnection();
                Connection next = database.getConnection();
                Connection foreign = database.getConnection()) {
            gateway.claim(lost);
            gateway.claim(next);
            assertThat(lost.isValid(5)).isFalse();

            assertThatThrownBy(() -> new SoleGateway().claim(foreign))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo(Failures.OTHER_GATEWAY));
            assertThat(next.isValid(5)).isTrue();
        }
    }

    @Test
    void a_pooled_connection_does_not_keep_the_lock() throws SQLException {
        SoleGateway gateway = new SoleGateway();
        try (Connection pooled = database.getConnection();
                Connection other = database.getConnection()) {
            gateway.claim(pooled);
            gateway.release(pooled);

            new SoleGateway().claim(other);
        }
    }

    /** The first one lost its session, and the second one was faster. */
    @Test
    void a_gateway_whose_database_another_one_took_over_says_so_until_that_one_ends() {
        try (PostgreSqlEngine first = open()) {
            server.execute(
                    name,
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name
                            + "' AND pid <> pg_backend_pid()");
            try (PostgreSqlEngine second = open()) {
                assertThat(second.stuck()).isFalse();
                RecordBatch records = new RecordBatch().put("k", "v");
                assertThatThrownBy(() -> first.records().write(records)).isInstanceOf(EngineException.class);
                assertThat(first.stuck()).isTrue();
            }
            first.records().write(new RecordBatch().put("k", "v"));
            assertThat(first.stuck()).isFalse();
        }
    }
}
