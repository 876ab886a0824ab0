package io.holdfast.it;

import io.holdfast.client.Trust;
import io.holdfast.validate.Spawned;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Servers other than Open Liberty. {@code .ci/run} and the profile {@code all} fetch them from Maven Central into
 * {@code target/other-servers}; where they are not, tests that need them are skipped.
 */
enum OtherServer {
    PAYARA_MICRO {
        @Override
        boolean isThere() {
            return Files.exists(PAYARA);
        }

        @Override
        Running prepare(String name, String address, String ready) throws IOException {
            String java25 = System.getProperty("holdfast.java25.home", "");
            Machine.needs(
                    !java25.isBlank(), "-Dholdfast.java25.home does not name a JDK 25: Payara 7 needs 21 or newer");
            Path directory = fresh(name);
            int port = LibertyServer.freePort();
            deploy(directory);
            Path listening = directory.resolve("listening"); // the lines of docs/portability.md
            Files.writeString(
                    listening,
                    "set configs.config.server-config.network-config.network-listeners.network-listener"
                            + ".http-listener.address=" + address + "\n");
            String command = "cd '" + directory + "' && exec '" + java25 + "/bin/java' -Xmx512m -jar '" + PAYARA
                    + "' --rootdir root --deploymentdir . --nohazelcast --prebootcommandfile '" + listening
                    + "' --port "
                    + port;
            return running(directory, command, port, port, ready);
        }
    },

    WILDFLY_PREVIEW {
        @Override
        boolean isThere() {
            return Files.isDirectory(WILDFLY);
        }

        @Override
        Running prepare(String name, String address, String ready) throws IOException {
            Path directory = fresh(name);
            int port = LibertyServer.freePort();
            int management = LibertyServer.freePort();
            LibertyServer.copy(WILDFLY.resolve("standalone"), directory.resolve("standalone"));
            deploy(directory.resolve("standalone/deployments"));
            String command = "cd '" + directory + "' && JAVA_HOME='" + System.getProperty("java.home") + "' exec sh '"
                    + WILDFLY.resolve("bin/standalone.sh") + "' -c standalone-microprofile.xml -b " + address
                    + " -Djboss.server.base.dir='" + directory.resolve("standalone") + "' -Djboss.http.port=" + port
                    + " -Djboss.management.http.port=" + management + " -Djboss.https.port="
                    + LibertyServer.freePort() + " -Djboss.management.https.port=" + LibertyServer.freePort();
            return running(directory, command, port, management, ready);
        }
    };

    static final String EVERYWHERE = "0.0.0.0";

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path PAYARA = TARGET.resolve("other-servers/payara-micro.jar");
    private static final Path WILDFLY = TARGET.resolve("other-servers/wildfly-preview");

    abstract boolean isThere();

    /** In a directory of its own, not started yet. */
    abstract Running prepare(String name, String address, String ready) throws IOException;

    /** Starts it on all addresses of this machine and waits until the gateway is ready. @param environment its configuration */
    Running start(String name, Map<String, String> environment) throws IOException, InterruptedException {
        return start(name, EVERYWHERE, "/health/ready", environment);
    }

    /**
     * Starts it.
     *
     * @param address on which it listens
     * @param ready the path that answers 200 when it has started
     */
    Running start(String name, String address, String ready, Map<String, String> environment)
            throws IOException, InterruptedException {
        Machine.needs(
                isThere(),
                this + " is not in target/other-servers: mvn dependency:copy@payara dependency:unpack@wildfly");
        Running running = prepare(name, address, ready);
        try {
            running.process().start(environment);
            return running;
        } catch (IOException e) {
            running.close();
            throw new IOException(Files.readString(running.console()), e);
        }
    }

    /** @param health where health is answered: the same address, or that of the server's management */
    record Running(URI http, URI health, Path console, Spawned process) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    private static Running running(Path directory, String command, int port, int healthPort, String ready) {
        URI health = URI.create("http://localhost:" + healthPort);
        Path console = directory.resolve("console.log");
        return new Running(
                URI.create("http://localhost:" + port),
                health,
                console,
                new Spawned(command, health.resolve(ready), Trust.ofJava(), console));
    }

    /** The gateway at the root, and the small application that puts its report at /health/websocket. */
    private static void deploy(Path deployments) throws IOException {
        Files.copy(TARGET.resolve("holdfast.war"), deployments.resolve("ROOT.war"));
        Path pages = Path.of("src/main/liberty/config/apps/health.war");
        try (ZipOutputStream war = new ZipOutputStream(Files.newOutputStream(deployments.resolve("health.war")));
                Stream<Path> files = Files.walk(pages)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                war.putNextEntry(new ZipEntry(pages.relativize(file).toString()));
                Files.copy(file, war);
            }
        }
    }

    private static Path fresh(String name) throws IOException {
        Path directory = TARGET.resolve("it").resolve(name);
        LibertyServer.delete(directory);
        return Files.createDirectories(directory);
    }
}
