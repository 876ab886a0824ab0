package io.holdfast.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A gateway in a process of its own: the project's server.xml, the WAR that was built, a port and a data directory of
 * its own, and whatever is configured on top.
 *
 * <p>{@code server run} replaces itself by java, so the process here is the JVM, and to kill it is to kill the gateway.
 */
final class LibertyServer implements AutoCloseable {
    static final Duration START = Duration.ofSeconds(180);
    static final String API_KEY = "dev";

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path KEYS = TARGET.resolve("it-keys");

    /** Ports that were given to a test. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Path userDirectory;
    private final Path directory;
    private final int port;
    private final int healthPort;
    private final Path javaHome;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private List<String> launcher = List.of();
    private Process process;

    /** What runs on a server: its configuration and its application, which lies in {@code apps} by its file's name. */
    private record Setup(Path serverXml, Path war) {
        static final Setup GATEWAY = new Setup(Path.of("server.xml"), TARGET.resolve("holdfast.war"));
    }

    private LibertyServer(String name, Map<String, String> variables, Path javaHome, Setup setup) {
        this.userDirectory = TARGET.resolve("it").resolve(name);
        this.directory = userDirectory.resolve("servers/holdfast");
        this.port = freePort();
        this.healthPort = freePort();
        this.javaHome = javaHome;
        try {
            delete(userDirectory);
            Files.createDirectories(directory.resolve("apps"));
            Files.createDirectories(directory.resolve("configDropins/overrides"));
            Files.copy(setup.serverXml(), directory.resolve("server.xml"));
            Files.copy(
                    setup.war(), directory.resolve("apps").resolve(setup.war().getFileName()));
            copy(Path.of("src/main/liberty/config/apps"), directory.resolve("apps"));
            Files.writeString(directory.resolve("server.env"), "keystore_password=unused\nltpa_keys_password=unused\n");
            String options = Files.readString(Path.of("src/main/liberty/config/jvm.options"));
            Files.writeString(directory.resolve("jvm.options"), options + "-Xmx512m\n");
            copyKeys(KEYS, security());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        configure(variables);
    }

    /** An insecure gateway: clients name themselves, the API key is {@link #API_KEY}. */
    static LibertyServer insecure(String name) {
        return prepare(name, Map.of("holdfast.insecure", "true")).start();
    }

    /** A gateway with this configuration, not started yet. */
    static LibertyServer prepare(String name, Map<String, String> variables) {
        return prepare(name, variables, Path.of(System.getProperty("java.home")));
    }

    static LibertyServer prepare(String name, Map<String, String> variables, Path javaHome) {
        return new LibertyServer(name, variables, javaHome, Setup.GATEWAY);
    }

    /** A server with another configuration and application, not started yet. */
    static LibertyServer prepare(String name, Map<String, String> variables, Path serverXml, Path war) {
        return new LibertyServer(name, variables, Path.of(System.getProperty("java.home")), new Setup(serverXml, war));
    }

    /** Replaces the configuration; it is read at the next start. */
    LibertyServer configure(Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put("http.port", String.valueOf(port));
        all.put("health.port", String.valueOf(healthPort));
        StringBuilder xml = new StringBuilder("<server>\n");
        all.forEach((name, value) -> xml.append("  <variable name=\"")
                .append(name)
                .append("\" value=\"")
                .append(value)
                .append("\"/>\n"));
        try {
            Files.writeString(directory.resolve("configDropins/overrides/test.xml"), xml.append("</server>\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Puts a file on top of the configuration. */
    LibertyServer override(String name, Path file) {
        try {
            Files.copy(file, directory.resolve("configDropins/overrides").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Copies a file into a directory below {@code resources}. */
    LibertyServer resource(String name, Path file) {
        try {
            Path target = Files.createDirectories(directory.resolve("resources").resolve(name));
            Files.copy(file, target.resolve(file.getFileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Adds variables to the environment of the next start. */
    LibertyServer environment(Map<String, String> variables) {
        environment.putAll(variables);
        return this;
    }

    /** Starts and waits until the gateway is ready. */
    LibertyServer start() {
        launch();
        try {
            awaitReady();
        } catch (AssertionError e) {
            process.destroyForcibly(); // nobody else can: who called has nothing yet
            throw e;
        }
        return this;
    }

    /** Starts without waiting. */
    LibertyServer launch() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("it runs already");
        }
        List<String> command = new ArrayList<>(launcher);
        command.addAll(server("run"));
        try {
            process = builder(command).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** What starts the server from now on: a program and its arguments, which the server's own command is appended to. */
    LibertyServer launcher(String... command) {
        launcher = List.of(command);
        return this;
    }

    private List<String> server(String action) {
        return List.of(TARGET.resolve("liberty/wlp/bin/server").toString(), action, "holdfast");
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("WLP_USER_DIR", userDirectory.toString());
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()));
    }

    /** {@code server stop}, which waits for the end. @return its exit code */
    int stopByCommand() {
        try {
            return builder(server("stop")).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What starts it in the foreground, as a shell command: for who wants to start, kill and stop it by himself. */
    String command() {
        return "JAVA_HOME='" + javaHome + "' WLP_USER_DIR='" + userDirectory + "' exec '"
                + TARGET.resolve("liberty/wlp/bin/server") + "' run holdfast";
    }

    void awaitReady() {
        awaitAnswer("/health/ready", 200);
        try {
            copyKeys(security(), KEYS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path security() {
        return directory.resolve("resources/security");
    }

    /** The first server makes its keys in some 5 s of CPU; nobody needs others. */
    private static void copyKeys(Path from, Path to) throws IOException {
        for (String name : new String[] {"key.p12", "ltpa.keys"}) {
            if (Files.exists(from.resolve(name)) && !Files.exists(to.resolve(name))) {
                Files.createDirectories(to);
                Files.copy(from.resolve(name), to.resolve(name));
            }
        }
    }

    /** Waits until a GET is answered with this status. */
    void awaitAnswer(String path, int status) {
        awaitAnswer(api(), path, status);
    }

    /** The same on the port for health and metrics. */
    void awaitHealthAnswer(String path, int status) {
        awaitAnswer(new Api(health(), API_KEY), path, status);
    }

    private void awaitAnswer(Api api, String path, int status) {
        long end = System.nanoTime() + START.toNanos();
        String last = "nothing";
        while (System.nanoTime() < end) {
            if (!process.isAlive()) {
                throw new AssertionError("the server ended with " + process.exitValue() + "\n" + log());
            }
            try {
                Api.Answer answer = api.get(path);
                if (answer.status() == status) {
                    return;
                }
                last = answer.status() + " " + answer.body();
            } catch (UncheckedIOException e) {
                last = e.toString();
            }
            pause();
        }
        throw new AssertionError(path + " did not answer " + status + ", but " + last + "\n" + log());
    }

    /** Waits until the log has this text. */
    void awaitLog(String text) {
        long end = System.nanoTime() + START.toNanos();
        while (!log().contains(text)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in the log: " + text + "\n" + log());
            }
            pause();
        }
    }

    /** SIGKILL. */
    void kill() {
        end(process.destroyForcibly());
    }

    void restart() {
        kill();
        start();
    }

    /** SIGTERM, and SIGKILL if that is not enough. */
    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until it has ended by itself. @return the process' exit code */
    int awaitEnd() {
        try {
            if (process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("the server did not end\n" + log());
    }

    private static void end(Process killed) {
        try {
            killed.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }

    URI http() {
        return URI.create("http://localhost:" + port + "/");
    }

    /** The port for health and metrics. */
    URI health() {
        return URI.create("http://localhost:" + healthPort + "/");
    }

    URI websocket() {
        return websocket("");
    }

    /** The endpoint of an application that does not lie at the root. */
    URI websocket(String contextRoot) {
        return URI.create("ws://localhost:" + port + contextRoot + "/connection/websocket");
    }

    Api api() {
        return new Api(http(), API_KEY);
    }

    RawClient client() {
        return client(Wire.JSON);
    }

    RawClient client(Wire wire) {
        return RawClient.open(wire, websocket());
    }

    SocketClient socket() {
        return socket(Wire.JSON);
    }

    SocketClient socket(Wire wire) {
        return SocketClient.open(wire, websocket());
    }

    /** That of the JVM, also where a {@link #launcher} has started it as its child. */
    long pid() {
        return launcher.isEmpty()
                ? process.pid()
                : process.children().findFirst().map(ProcessHandle::pid).orElseGet(process::pid);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Stops it where it is (SIGSTOP), and waits until none of its threads runs. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!isFrozen()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The server does not stop");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private boolean isFrozen() throws IOException {
        Path all = Path.of("/proc", String.valueOf(pid()), "task");
        if (!Files.isDirectory(all)) {
            return true; // no Linux
        }
        try (Stream<Path> tasks = Files.list(all)) {
            for (Path task : (Iterable<Path>) tasks::iterator) {
                String stat = Files.readString(task.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        }
    }

    /** It goes on (SIGCONT). */
    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** @param name such as {@code TERM} */
    void signal(String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, String.valueOf(pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IllegalStateException("kill ended with " + exit);
        }
    }

    Path dataDirectory() {
        return directory.resolve("holdfast-data");
    }

    /** All that the server has logged since it was prepared. */
    String log() {
        try {
            return Files.exists(console()) ? Files.readString(console(), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where that is. */
    Path console() {
        return userDirectory.resolve("console.log");
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A port that nothing listens on, below those that the kernel gives to outgoing connections. Never the same one twice. */
    static int freePort() {
        while (true) {
            int candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            // On the address that servers use: one that is taken there may be free elsewhere.
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                if (GIVEN.add(candidate)) {
                    return socket.getLocalPort();
                }
            } catch (BindException e) {
                GIVEN.add(candidate); // taken
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path copied = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copied);
                } else {
                    Files.copy(path, copied);
                }
            }
        }
    }

    static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
