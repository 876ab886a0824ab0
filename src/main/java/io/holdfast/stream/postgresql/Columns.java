package io.holdfast.stream.postgresql;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Sets the parameters of a statement one after the other, and reads arrays. */
final class Columns {
    private final Connection connection;
    private final PreparedStatement statement;
    private int at;

    Columns(Connection connection, PreparedStatement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    Columns number(long value) throws SQLException {
        statement.setLong(++at, value);
        return this;
    }

    Columns count(int value) throws SQLException {
        statement.setInt(++at, value);
        return this;
    }

    Columns flag(boolean value) throws SQLException {
        statement.setBoolean(++at, value);
        return this;
    }

    Columns bytes(byte @Nullable [] value) throws SQLException {
        statement.setBytes(++at, value);
        return this;
    }

    Columns text(String value) throws SQLException {
        statement.setString(++at, value);
        return this;
    }

    Columns all(byte[] @Nullable [] values) throws SQLException {
        return array("bytea", values);
    }

    Columns all(long[] values) throws SQLException {
        return array("int8", Arrays.stream(values).boxed().toArray(Long[]::new));
    }

    Columns all(@Nullable Long[] values) throws SQLException {
        return array("int8", values);
    }

    Columns all(int[] values) throws SQLException {
        return array("int4", Arrays.stream(values).boxed().toArray(Integer[]::new));
    }

    Columns all(boolean[] values) throws SQLException {
        Boolean[] boxed = new Boolean[values.length];
        for (int i = 0; i < boxed.length; i++) {
            boxed[i] = values[i];
        }
        return array("bool", boxed);
    }

    Columns all(@Nullable String[] values) throws SQLException {
        return array("text", values);
    }

    /** Of PostgreSQL's type of one byte. */
    Columns codes(@Nullable String[] values) throws SQLException {
        return array("char", values);
    }

    private Columns array(String type, @Nullable Object[] values) throws SQLException {
        statement.setArray(++at, connection.createArrayOf(type, values));
        return this;
    }

    /**
     * Runs a statement that returns one row.
     *
     * @throws SQLException also where the server warns: then it has committed, but its standby may not have it
     */
    static ResultSet one(PreparedStatement statement) throws SQLException {
        ResultSet row = statement.executeQuery();
        failOnWarning(statement);
        row.next();
        return row;
    }

    private static void failOnWarning(Statement statement) throws SQLException {
        for (SQLWarning each = statement.getWarnings(); each != null; each = each.getNextWarning()) {
            String state = Failures.state(each);
            if (!state.startsWith("00")) { // those are notices
                throw new SQLException(
                        "The database has stored the write, with a warning: " + each.getMessage(), "08007", each);
            }
        }
    }

    static Object @Nullable [] objects(ResultSet row, int column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? null : (Object[]) array.getArray();
    }

    static long[] longs(ResultSet row, int column) throws SQLException {
        Object[] values = objects(row, column);
        long[] longs = new long[values == null ? 0 : values.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = values == null ? 0 : ((Number) values[i]).longValue();
        }
        return longs;
    }

    static byte[][] byteArrays(ResultSet row, int column) throws SQLException {
        Object[] values = objects(row, column);
        return values == null ? new byte[0][] : (byte[][]) values;
    }

    static String[] codes(ResultSet row, int column) throws SQLException {
        Object[] values = objects(row, column);
        String[] codes = new String[values == null ? 0 : values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = values == null ? "" : String.valueOf(values[i]);
        }
        return codes;
    }
}
