package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.app.EngineSettings.Kind;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The files in docs/deployment/cluster, by their structure: no container runs here. Keys, ports, paths and names must exist. */
class ClusterDeploymentTest {
    private static final Path DIRECTORY = Path.of("docs/deployment/cluster");
    private static final int PORT = 9080;
    private static final int HEALTH_PORT = 8081;

    private final Map<String, Object> compose = map(documents("compose.yaml").get(0));
    private final List<Object> kubernetes = documents("kubernetes.yaml");

    private static List<Object> documents(String name) {
        try (Reader text = Files.newBufferedReader(DIRECTORY.resolve(name))) {
            List<Object> all = new ArrayList<>();
            new Yaml().loadAll(text).forEach(all::add);
            return all;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    /** @param path names, and indexes of lists */
    private static Object at(Object from, Object... path) {
        Object found = from;
        for (Object step : path) {
            found = step instanceof Integer index
                    ? ((List<?>) found).get(index)
                    : map(found).get(step);
            assertThat(found).as("%s of %s", step, List.of(path)).isNotNull();
        }
        return found;
    }

    private Object kind(String kind) {
        return kubernetes.stream()
                .filter(document -> map(document).get("kind").equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private Object container() {
        return at(kind("Deployment"), "spec", "template", "spec", "containers", 0);
    }

    private static String inEnvironment(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** As the server reads it from such an environment. */
    private static Configuration configuration(Map<String, String> environment) {
        Map<String, String> keys = ConfigurationDocTest.known().stream()
                .collect(Collectors.toMap(known -> inEnvironment(known.key()), Keys.Known::key, (one, same) -> one));
        Map<String, String> values = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("HOLDFAST_")) {
                assertThat(keys).as("keys of docs/configuration.md").containsKey(name);
                values.put(keys.get(name), value);
            }
        });
        return Configuration.read(new Keys(new MapConfig(values)), Path.of("/out"), Path.of("/tmp"));
    }

    private static void isOneOfACluster(Configuration configuration) {
        assertThat(configuration.cluster().enabled()).isTrue();
        assertThat(configuration.engine().kind()).isEqualTo(Kind.POSTGRESQL);
        assertThat(configuration.engine().url()).startsWith("jdbc:postgresql://");
        assertThat(configuration.engine().password()).isNotEmpty();
    }

    @Test
    void the_nodes_of_compose_have_a_configuration_that_the_server_takes() {
        for (String node : List.of("node1", "node2")) {
            Map<String, String> environment = new HashMap<>();
            map(at(compose, "services", node, "environment"))
                    .forEach((name, value) -> environment.put(name, given(String.valueOf(value))));
            isOneOfACluster(configuration(environment));
            assertThat(environment).containsKey(breakerDelay());
            assertThat(at(compose, "services", node, "ports", 0).toString()).endsWith(":" + PORT);
        }
    }

    /** A value that whoever starts it has to give. */
    private static String given(String value) {
        return value.startsWith("${") ? "publisher:sha256:" + "a1".repeat(32) : value;
    }

    private static String breakerDelay() {
        return inEnvironment("io.holdfast.delivery.GuardedEngine/append/CircuitBreaker/delay");
    }

    @Test
    void the_proxies_know_the_nodes_of_compose_by_name_and_port() throws IOException {
        for (String name : List.of("haproxy.cfg", "nginx.conf")) {
            Matcher servers = Pattern.compile("server (?:\\w+ )?(node\\d):(\\d+)")
                    .matcher(Files.readString(DIRECTORY.resolve(name)));
            List<String> found = servers.results()
                    .map(server -> server.group(1) + ":" + server.group(2))
                    .toList();
            assertThat(found).as(name).containsExactly("node1:" + PORT, "node2:" + PORT);
        }
        assertThat(map(at(compose, "services"))).containsKeys("node1", "node2", "proxy", "db1", "db2");
        assertThat(Files.readString(DIRECTORY.resolve("haproxy.cfg")))
                .contains("bind "
                        + at(compose, "services", "proxy", "ports", 0)
                                .toString()
                                .replaceFirst("^\\d+", ""));
    }

    @Test
    void what_compose_mounts_is_there() {
        map(at(compose, "services")).forEach((name, service) -> {
            Object volumes = map(service).getOrDefault("volumes", List.of());
            for (Object volume : (List<?>) volumes) {
                String from = volume.toString().split(":")[0];
                if (from.startsWith(".")) {
                    assertThat(DIRECTORY.resolve(from)).exists();
                } else {
                    assertThat(map(compose.get("volumes"))).containsKey(from);
                }
            }
        });
    }

    /** The primary waits for the name by which the standby calls itself. */
    @Test
    void the_standby_has_the_name_for_which_the_primary_waits() throws IOException {
        assertThat(Files.readString(DIRECTORY.resolve("primary.sh"))).contains("synchronous_standby_names = 'standby'");
        assertThat(Files.readString(DIRECTORY.resolve("standby.sh"))).contains("application_name=standby\"");
    }

    @Test
    void the_pods_have_a_configuration_that_the_server_takes() throws IOException {
        Path password = Files.writeString(Files.createTempFile("password", ""), "secret\n");
        Map<String, String> environment = new HashMap<>();
        for (Object each : (List<?>) at(container(), "env")) {
            Object value = map(each).get("value");
            String name = map(each).get("name").toString();
            environment.put(
                    name,
                    name.equals("HOLDFAST_ENGINE_PASSWORD")
                            ? "file:" + password
                            : value == null ? "holdfast" : value.toString());
        }
        isOneOfACluster(configuration(environment));
        assertThat(environment).containsKey(breakerDelay());
        String mounted = at(container(), "volumeMounts", 0, "mountPath").toString();
        assertThat(Files.readString(DIRECTORY.resolve("kubernetes.yaml"))).contains("file:" + mounted + "/password");
    }

    @Test
    void probes_ask_paths_and_ports_that_exist() throws IOException {
        Map<String, Integer> ports = new HashMap<>();
        for (Object port : (List<?>) at(container(), "ports")) {
            ports.put(map(port).get("name").toString(), (Integer) map(port).get("containerPort"));
        }
        assertThat(ports).isEqualTo(Map.of("http", PORT, "health", HEALTH_PORT));
        assertThat(Files.readString(Path.of("server.xml")))
                .contains("name=\"http.port\" defaultValue=\"" + PORT + "\"")
                .contains("name=\"health.port\" defaultValue=\"" + HEALTH_PORT + "\"");
        Map<String, String> probes = Map.of(
                "startupProbe", "/health/started", "readinessProbe", "/health/ready", "livenessProbe", "/health/live");
        probes.forEach((probe, path) -> {
            assertThat(at(container(), probe, "httpGet", "path")).isEqualTo(path);
            assertThat(at(container(), probe, "httpGet", "port")).isEqualTo("health");
        });
        assertThat(at(kind("Service"), "spec", "ports", 0, "port")).isEqualTo(PORT);
    }

    /** A rolling update loses nothing, and takes no more than one node at a time. */
    @Test
    void pods_are_drained_and_replaced_one_after_the_other() {
        Object deployment = kind("Deployment");
        Object labels = at(deployment, "spec", "template", "metadata", "labels");
        assertThat(at(deployment, "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(at(kind("PodDisruptionBudget"), "spec", "selector", "matchLabels"))
                .isEqualTo(labels);
        assertThat(at(kind("Service"), "spec", "selector")).isEqualTo(labels);
        assertThat(at(deployment, "spec", "strategy", "rollingUpdate"))
                .isEqualTo(Map.of("maxSurge", 1, "maxUnavailable", 0));
        assertThat(at(kind("PodDisruptionBudget"), "spec", "maxUnavailable")).isEqualTo(1);
        assertThat(map(at(deployment, "spec"))).doesNotContainKey("volumeClaimTemplates");
        String hook =
                at(container(), "lifecycle", "preStop", "exec", "command", 2).toString();
        assertThat(hook).contains(":" + PORT + "/api/drain?window=10");
        assertThat((Integer) at(deployment, "spec", "template", "spec", "terminationGracePeriodSeconds"))
                .isGreaterThan(45);
    }
}
