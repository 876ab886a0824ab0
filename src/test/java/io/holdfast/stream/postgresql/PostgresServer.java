package io.holdfast.stream.postgresql;

import io.holdfast.stream.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL server for tests, on a port of loopback. It stops, and its files go, with {@link #close} or when this
 * JVM ends, in whatever way. If no server can be started, the test fails and says what to install.
 *
 * <p>Data sources connect as {@link #USER}, an ordinary user that owns the databases and may see who replicates
 * ({@code pg_monitor}).
 *
 * <p>A transaction survives {@link #kill}, but a test that measures should set {@code fsync} to {@code on}.
 */
public final class PostgresServer implements AutoCloseable {
    public static final String USER = "holdfast";

    private static final String SUPERUSER = "postgres";
    private static final int START_SECONDS = 60;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static @Nullable PostgresServer shared;

    private final PostgresHome home = PostgresHome.ofThisJvm();
    private final Path data = home.dataDirectory();
    private final Path log = data.resolveSibling(data.getFileName() + ".log");
    private final int port = freePort();
    private final String password;
    private Process process;

    /** The server that the tests of this JVM share. Do not kill or configure it. */
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = start(Map.of());
        }
        return shared;
    }

    /** A server of its own, with settings as in {@code postgresql.conf}. */
    public static PostgresServer start(Map<String, String> settings) {
        try {
            return new PostgresServer(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A server that copies a primary, continuously. It is a synchronous one as soon as the primary says so:
     * {@code primary.set("synchronous_standby_names", name)}.
     *
     * @param name under which the standby introduces itself to the primary
     */
    public static PostgresServer standbyOf(PostgresServer primary, String name) {
        try {
            return new PostgresServer(primary, name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PostgresServer(Map<String, String> settings) throws IOException {
        password = UUID.randomUUID().toString();
        Path passwordFile = data.resolveSibling(data.getFileName() + ".password"); // goes with the directory around it
        home.write(passwordFile, password);
        home.run(
                "initdb",
                "--pgdata=" + data,
                "--username=" + SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        Map<String, String> all = new LinkedHashMap<>(Map.of(
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "max_connections", "50",
                "shared_buffers", "64MB",
                "fsync", "off",
                "wal_keep_size", "256MB"));
        all.putAll(settings);
        configure(all);
        process = begin();
        execute(
                "postgres",
                "CREATE ROLE " + USER + " LOGIN PASSWORD '" + password + "'",
                "GRANT pg_monitor TO " + USER);
    }

    private PostgresServer(PostgresServer primary, String name) throws IOException {
        password = primary.password;
        copy(primary);
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        home.write(data.resolve("standby.signal"), "");
        configure(Map.of(
                "primary_conninfo",
                "host=127.0.0.1 port=" + primary.port + " user=" + SUPERUSER + " password=" + password
                        + " application_name=" + name));
        process = begin();
        primary.await("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '"
                + name + "'");
    }

    /** Copies the files of a server that runs, as a base backup does. */
    private void copy(PostgresServer primary) throws IOException {
        try (Connection connection = primary.superuser("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            boolean from15 = connection.getMetaData().getDatabaseMajorVersion() >= 15;
            statement.execute(
                    from15
                            ? "SELECT pg_backup_start('standby', true)"
                            : "SELECT pg_start_backup('standby', true, false)");
            home.run("cp", "-R", primary.data.toString(), data.toString());
            try (ResultSet result = statement.executeQuery(
                    from15
                            ? "SELECT labelfile FROM pg_backup_stop(false)"
                            : "SELECT labelfile FROM pg_stop_backup(false, false)")) {
                result.next();
                home.write(data.resolve("backup_label"), result.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The primary cannot be copied", e);
        }
    }

    private void configure(Map<String, String> settings) throws IOException {
        String lines = settings.entrySet().stream()
                .map(setting -> setting.getKey() + " = '" + setting.getValue() + "'\n")
                .collect(Collectors.joining("", "", "port = " + port + "\n"));
        Files.writeString(data.resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
    }

    /** Starts the process and waits until it answers. */
    private Process begin() throws IOException {
        Process started = home.start(data, log);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try (Connection connection = superuser("postgres").getConnection()) {
                return started;
            } catch (SQLException e) {
                if (!started.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("PostgreSQL does not start: " + Files.readString(log), e);
                }
            }
            pause();
        }
    }

    /** A fresh, empty database, as {@link #USER} sees it. Each connection is a new one. */
    public DataSource newDatabase() {
        return database(newDatabaseName());
    }

    /** Creates an empty database that {@link #USER} owns. */
    public String newDatabaseName() {
        String name = "test_" + DATABASES.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name + " OWNER " + USER);
        return name;
    }

    /**
     * Moves a database that nobody uses yet to a file system of its own, which a test can fill. The server must be closed before it.
     * Empty if this user may not mount one.
     */
    public Optional<SmallDisk> moveToSmallDisk(String database) {
        try {
            Optional<SmallDisk> disk = home.smallDisk(database);
            disk.ifPresent(small -> execute(
                    "postgres",
                    "CREATE TABLESPACE " + database + "_disk LOCATION '" + small.directory() + "'",
                    "ALTER DATABASE " + database + " SET TABLESPACE " + database + "_disk"));
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The database of this name, as {@link #USER} sees it. */
    public DataSource database(String name) {
        return source(name, USER);
    }

    /** The same for the superuser, who is allowed everything. */
    public DataSource superuser(String database) {
        return source(database, SUPERUSER);
    }

    private DataSource source(String database, String user) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    /** A JDBC URL without user and password. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public int port() {
        return port;
    }

    /** The password of {@link #USER}. */
    public String password() {
        return password;
    }

    /** Runs statements as superuser, each in a transaction of its own. */
    public void execute(String database, String... statements) {
        try (Connection connection = superuser(database).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(String.join("; ", statements), e);
        }
    }

    /** Changes a setting of the running server. It takes effect for all connections soon. */
    public void set(String name, String value) {
        execute("postgres", "ALTER SYSTEM SET " + name + " = '" + value + "'", "SELECT pg_reload_conf()");
        await("SELECT count(*) FROM pg_settings WHERE name = '" + name + "' AND setting = '" + value + "'");
    }

    /** The number that a query of the superuser finds. */
    public long number(String query) {
        return number("postgres", query);
    }

    /** The number that a query of the superuser finds in a database. */
    public long number(String database, String query) {
        try (Connection connection = superuser(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    /** Waits until a query of the superuser counts at least 1. Each time on a new connection, which sees a reloaded setting. */
    private void await(String count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (number(count) < 1) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Never true: " + count);
            }
            pause();
        }
    }

    /** Makes a primary of this standby. */
    public void promote() {
        execute("postgres", "SELECT pg_promote()");
    }

    /** SIGKILL for the server and all its processes, as if the machine had lost its power, except for the page cache. */
    public void kill() {
        List<ProcessHandle> all = processes();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
        ended();
    }

    /** SIGSTOP for the server and all its processes: connections stay, and nothing answers. */
    public void freeze() {
        signalAll("-STOP");
    }

    /** Ends {@link #freeze}. */
    public void thaw() {
        signalAll("-CONT");
    }

    private void signalAll(String signal) {
        for (ProcessHandle one : processes()) {
            try {
                signal(signal, one);
            } catch (IllegalStateException e) {
                if (one.isAlive()) { // a connection may have ended meanwhile
                    throw e;
                }
            }
        }
    }

    private void signal(String signal, ProcessHandle one) {
        try {
            home.run("kill", signal, Long.toString(one.pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server first, so that it cannot start others instead of those that end. */
    private List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** Stops the server: connections break, data is safe. */
    public void stop() {
        signal("-INT", process.toHandle());
        process.onExit().join();
        ended();
    }

    private void ended() {
        try {
            home.ended(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the server again, on the same port, after {@link #kill} or {@link #stop}; stops it first if it runs. */
    public void restart() {
        if (process.isAlive()) {
            stop();
        }
        try {
            process = begin();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the server and removes its files. */
    @Override
    public void close() {
        if (!process.isAlive()) {
            // What a killed server left in shared memory goes when it is started again and stops.
            restart();
        }
        stop();
        try {
            PostgresHome.delete(data);
            Files.delete(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
