package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.Yaml;

/** Reads the YAML files below docs/deployment, and the configuration that a server has in the environment that they make. */
final class DeploymentFiles {
    static final int PORT = 9080;
    static final int HEALTH_PORT = 8081;

    private static final Duration STOP_OF_THE_SERVER = Duration.ofSeconds(35);

    private DeploymentFiles() {}

    /** The documents of a file. */
    static List<Object> documents(Path file) {
        try (Reader text = Files.newBufferedReader(file)) {
            List<Object> all = new ArrayList<>();
            new Yaml().loadAll(text).forEach(all::add);
            return all;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    /** @param path names, and indexes of lists */
    static Object at(Object from, Object... path) {
        Object found = from;
        for (Object step : path) {
            found = step instanceof Integer index
                    ? ((List<?>) found).get(index)
                    : map(found).get(step);
            assertThat(found).as("%s of %s", step, List.of(path)).isNotNull();
        }
        return found;
    }

    static List<?> list(Object from, Object... path) {
        return (List<?>) at(from, path);
    }

    static String inEnvironment(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    static String breakerDelay() {
        return inEnvironment("io.holdfast.delivery.GuardedEngine/append/CircuitBreaker/delay");
    }

    /** As the server reads it from such an environment. */
    static Configuration configuration(Map<String, String> environment) {
        Map<String, String> keys = ConfigurationDocTest.known().stream()
                .collect(Collectors.toMap(known -> inEnvironment(known.key()), Keys.Known::key, (one, same) -> one));
        Map<String, String> values = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("HOLDFAST_")) {
                assertThat(keys).as("keys of docs/configuration.md").containsKey(name);
                values.put(keys.get(name), value);
            }
        });
        return Configuration.read(new MapConfig(values), Path.of("/out"), Path.of("/tmp"));
    }

    /** How long the server may take to end when it is told to: the sum that docs/deployment.md has. */
    static Duration longestStop(Configuration configuration) {
        return configuration
                .stop()
                .delay()
                .plus(configuration.stop().window())
                .plus(configuration.delivery().drainTimeout())
                .plus(STOP_OF_THE_SERVER);
    }

    static void isOneOfACluster(Configuration configuration) {
        assertThat(configuration.cluster().enabled()).isTrue();
        assertThat(configuration.engine().kind()).isEqualTo(EngineSettings.Kind.POSTGRESQL);
        assertThat(configuration.engine().url()).startsWith("jdbc:postgresql://");
        assertThat(configuration.engine().password()).isNotEmpty();
    }
}
