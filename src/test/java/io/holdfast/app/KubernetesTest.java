package io.holdfast.app;

import static io.holdfast.app.DeploymentFiles.HEALTH_PORT;
import static io.holdfast.app.DeploymentFiles.PORT;
import static io.holdfast.app.DeploymentFiles.at;
import static io.holdfast.app.DeploymentFiles.breakerDelay;
import static io.holdfast.app.DeploymentFiles.configuration;
import static io.holdfast.app.DeploymentFiles.isOneOfACluster;
import static io.holdfast.app.DeploymentFiles.list;
import static io.holdfast.app.DeploymentFiles.longestStop;
import static io.holdfast.app.DeploymentFiles.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files in docs/deployment/kubernetes: what they say of the gateway is so, and they fit together. .ci/run checks them
 * against the schemas of Kubernetes.
 */
class KubernetesTest {
    private static final Path DIRECTORY = Path.of("docs/deployment/kubernetes");
    private static final Map<String, String> LABELS = Map.of("app", "holdfast");

    /** What a pod has of its own in this file; everything else in both is equal. */
    private static final List<String> OF_ITS_OWN = List.of("env", "volumeMounts");

    private final Object statefulSet = only("single.yaml", "StatefulSet");
    private final Object deployment = only("cluster.yaml", "Deployment");
    private final Object service = only("service.yaml", "Service");

    private static Object only(String file, String kind) {
        return DeploymentFiles.documents(DIRECTORY.resolve(file)).stream()
                .filter(document -> map(document).get("kind").equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static Object pod(Object of) {
        return at(of, "spec", "template", "spec");
    }

    private static Object container(Object of) {
        return at(pod(of), "containers", 0);
    }

    private static Map<String, String> environment(Object container) {
        Map<String, String> environment = new TreeMap<>();
        for (Object each : list(container, "env")) {
            Object value = map(each).get("value");
            environment.put(map(each).get("name").toString(), value == null ? "holdfast" : value.toString());
        }
        return environment;
    }

    /** The directories of a container that are mounted, with the names of their volumes. */
    private static Map<String, String> mounts(Object container) {
        Map<String, String> mounts = new TreeMap<>();
        list(container, "volumeMounts")
                .forEach(mount -> mounts.put(
                        at(mount, "mountPath").toString(), at(mount, "name").toString()));
        return mounts;
    }

    private static List<String> names(List<?> of) {
        return of.stream().map(each -> at(each, "name").toString()).toList();
    }

    @Test
    void each_kind_of_object_is_in_one_file() throws IOException {
        List<String> kinds = new ArrayList<>();
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            files.sorted()
                    .forEach(file -> DeploymentFiles.documents(file)
                            .forEach(document ->
                                    kinds.add(map(document).get("kind") + " " + at(document, "metadata", "name"))));
        }
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "Deployment holdfast",
                        "NetworkPolicy holdfast",
                        "OpenLibertyApplication holdfast",
                        "PodDisruptionBudget holdfast",
                        "Secret holdfast",
                        "Secret holdfast-database",
                        "Service holdfast",
                        "ServiceMonitor holdfast",
                        "StatefulSet holdfast");
    }

    @Test
    void the_pod_of_a_cluster_is_that_of_a_single_node_but_for_its_storage() {
        Map<String, Object> single = new HashMap<>(map(container(statefulSet)));
        Map<String, Object> cluster = new HashMap<>(map(container(deployment)));
        OF_ITS_OWN.forEach(single::remove);
        OF_ITS_OWN.forEach(cluster::remove);
        assertThat(cluster).isEqualTo(single);
        for (String same :
                List.of("terminationGracePeriodSeconds", "automountServiceAccountToken", "enableServiceLinks")) {
            assertThat(at(pod(deployment), same)).isEqualTo(at(pod(statefulSet), same));
        }
        List<Object> scratch = new ArrayList<>(list(pod(statefulSet), "volumes"));
        assertThat(list(pod(deployment), "volumes").containsAll(scratch)).isTrue();
        for (String same : List.of(
                "JVM_ARGS", "WLP_LOGGING_CONSOLE_FORMAT", "WLP_LOGGING_CONSOLE_LOGLEVEL", "HOLDFAST_STOP_DELAY")) {
            assertThat(environment(container(deployment)))
                    .containsEntry(same, environment(container(statefulSet)).get(same));
        }
    }

    /** What the standard "restricted" of Kubernetes asks for, and a file system that cannot be written. */
    @ParameterizedTest
    @ValueSource(strings = {"single.yaml", "cluster.yaml"})
    void pods_have_no_rights_that_they_do_not_need(String file) {
        Object of = only(file, file.startsWith("single") ? "StatefulSet" : "Deployment");
        assertThat(map(at(pod(of), "securityContext")))
                .containsEntry("runAsNonRoot", true)
                .containsEntry("seccompProfile", Map.of("type", "RuntimeDefault"));
        isLockedUp(at(container(of), "securityContext"));
        assertThat(at(pod(of), "automountServiceAccountToken")).isEqualTo(false);
        assertThat(at(pod(of), "enableServiceLinks"))
                .as("variables like HOLDFAST_PORT, made of the Service's name")
                .isEqualTo(false);
    }

    private static void isLockedUp(Object securityContext) {
        assertThat(map(securityContext))
                .containsEntry("allowPrivilegeEscalation", false)
                .containsEntry("readOnlyRootFilesystem", true)
                .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
    }

    /** LoggingIT shows that the server writes nowhere else. */
    @Test
    void what_the_server_writes_has_a_volume() throws IOException {
        Map<String, String> single = mounts(container(statefulSet));
        assertThat(single.keySet()).containsExactly("/backup", "/data", "/logs", "/opt/ol/wlp/output", "/tmp");
        Map<String, String> cluster = mounts(container(deployment));
        assertThat(cluster.keySet()).containsExactly("/logs", "/opt/ol/wlp/output", "/run/secrets/database", "/tmp");
        assertThat(names(list(statefulSet, "spec", "volumeClaimTemplates").stream()
                        .map(claim -> at(claim, "metadata"))
                        .toList()))
                .containsExactly(single.get("/data"), single.get("/backup"));
        assertThat(names(list(pod(statefulSet), "volumes")))
                .containsExactly(single.get("/opt/ol/wlp/output"), single.get("/logs"), single.get("/tmp"));
        assertThat(names(list(pod(deployment), "volumes"))).containsExactlyInAnyOrderElementsOf(cluster.values());
        assertThat(Files.readString(Path.of("Containerfile"))).contains("HOLDFAST_DATA_DIRECTORY=/data");
        Object operator = only("operator.yaml", "OpenLibertyApplication");
        assertThat(list(operator, "spec", "volumes")).isEqualTo(list(pod(statefulSet), "volumes"));
    }

    @Test
    void a_single_node_has_a_configuration_that_the_server_takes() {
        Configuration configuration = configuration(environment(container(statefulSet)));
        assertThat(configuration.engine().kind()).isEqualTo(EngineSettings.Kind.ROCKSDB);
        long volume =
                bytes(at(statefulSet, "spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage")
                        .toString());
        assertThat(environment(container(statefulSet)).get("HOLDFAST_STORE_MAX_BYTES"))
                .satisfies(limit -> assertThat(Long.parseLong(limit)).isLessThan(volume));
        for (String directory : List.of("HOLDFAST_BACKUP_DIRECTORY", "HOLDFAST_STORE_MARK_DIRECTORY")) {
            assertThat(environment(container(statefulSet)).get(directory)).startsWith("/backup/");
        }
    }

    private static long bytes(String quantity) {
        assertThat(quantity).endsWith("Gi");
        return Long.parseLong(quantity.replace("Gi", "")) << 30;
    }

    @Test
    void the_pods_of_a_cluster_have_a_configuration_that_the_server_takes() throws IOException {
        Path password = Files.writeString(Files.createTempFile("password", ""), "secret\n");
        Map<String, String> environment = environment(container(deployment));
        String mounted = environment.put("HOLDFAST_ENGINE_PASSWORD", "file:" + password);
        isOneOfACluster(configuration(environment));
        assertThat(environment).containsKey(breakerDelay());
        assertThat(mounts(container(deployment)))
                .containsEntry(mounted.replaceFirst("file:(.*)/password", "$1"), "database");
    }

    /** Who applies the example as it is has a server that does not start, not one with a secret that everybody knows. */
    @Test
    void the_server_refuses_the_example_of_the_secret() {
        Map<String, String> example = new TreeMap<>();
        map(at(only("secret.example.yaml", "Secret"), "stringData"))
                .forEach((name, value) -> example.put(name, value.toString()));
        assertThat(example).containsOnlyKeys("HOLDFAST_TOKEN_HMAC_SECRET", "HOLDFAST_API_KEYS");
        for (String key : List.of("HOLDFAST_TOKEN_HMAC_SECRET", "HOLDFAST_API_KEYS")) {
            assertThatThrownBy(() -> configuration(Map.of(key, example.get(key))))
                    .isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void secrets_that_pods_use_are_in_the_example() throws IOException {
        Map<String, Map<String, Object>> secrets = new TreeMap<>();
        DeploymentFiles.documents(DIRECTORY.resolve("secret.example.yaml"))
                .forEach(secret ->
                        secrets.put(at(secret, "metadata", "name").toString(), map(at(secret, "stringData"))));
        assertThat(at(container(statefulSet), "envFrom", 0, "secretRef", "name"))
                .isEqualTo("holdfast");
        assertThat(secrets).containsKey("holdfast");
        for (Object each : list(container(deployment), "env")) {
            if (map(each).get("valueFrom") instanceof Map<?, ?> from) {
                Object reference = at(from, "secretKeyRef");
                assertThat(secrets.get(at(reference, "name").toString()))
                        .containsKey(at(reference, "key").toString());
            }
        }
        assertThat(secrets.get("holdfast-database")).containsKey("password");
    }

    @Test
    void probes_ask_paths_and_ports_that_exist() throws IOException {
        Map<String, Integer> ports = new HashMap<>();
        list(container(statefulSet), "ports")
                .forEach(port -> ports.put(at(port, "name").toString(), (Integer) at(port, "containerPort")));
        assertThat(ports).isEqualTo(Map.of("http", PORT, "health", HEALTH_PORT));
        assertThat(Files.readString(Path.of("server.xml")))
                .contains("name=\"http.port\" defaultValue=\"" + PORT + "\"")
                .contains("name=\"health.port\" defaultValue=\"" + HEALTH_PORT + "\"");
        Map<String, String> probes =
                Map.of("startup", "/health/started", "readiness", "/health/ready", "liveness", "/health/live");
        Object operator = at(only("operator.yaml", "OpenLibertyApplication"), "spec");
        probes.forEach((probe, path) -> {
            assertThat(at(container(statefulSet), probe + "Probe", "httpGet"))
                    .isEqualTo(Map.of("path", path, "port", "health"));
            assertThat(at(operator, "probes", probe, "httpGet")).isEqualTo(Map.of("path", path, "port", HEALTH_PORT));
        });
        isLockedUp(at(operator, "securityContext"));
        assertThat(at(operator, "disableServiceLinks")).isEqualTo(true);
        assertThat(at(operator, "serviceAccount", "mountToken")).isEqualTo(false);
        assertThat(at(operator, "service", "port")).isEqualTo(PORT);
        assertThat(configuration(environment(operator)).engine().kind()).isEqualTo(EngineSettings.Kind.ROCKSDB);
    }

    @Test
    void the_service_has_both_ports_and_finds_the_pods() {
        assertThat(list(service, "spec", "ports"))
                .isEqualTo(List.of(
                        Map.of("name", "http", "port", PORT, "targetPort", "http"),
                        Map.of("name", "health", "port", HEALTH_PORT, "targetPort", "health")));
        assertThat(at(service, "spec", "selector")).isEqualTo(LABELS);
        for (Object of : List.of(statefulSet, deployment)) {
            assertThat(at(of, "spec", "selector", "matchLabels")).isEqualTo(LABELS);
            assertThat(at(of, "spec", "template", "metadata", "labels")).isEqualTo(LABELS);
        }
        assertThat(at(statefulSet, "spec", "serviceName")).isEqualTo(at(service, "metadata", "name"));
    }

    /** Its schema comes with the Prometheus operator and not with Kubernetes, so its fields are checked here. */
    @Test
    void the_monitor_finds_the_service_and_its_port() {
        Object spec = at(only("servicemonitor.yaml", "ServiceMonitor"), "spec");
        assertThat(map(spec)).containsOnlyKeys("selector", "endpoints");
        assertThat(at(spec, "selector", "matchLabels")).isEqualTo(at(service, "metadata", "labels"));
        Map<String, Object> endpoint = map(at(spec, "endpoints", 0));
        assertThat(endpoint).containsOnlyKeys("port", "path", "interval", "scrapeTimeout");
        assertThat(endpoint).containsEntry("port", "health").containsEntry("path", "/metrics");
        assertThat(List.of(endpoint.get("interval"), endpoint.get("scrapeTimeout")))
                .allMatch(time -> Pattern.matches("\\d+s", time.toString()));
    }

    @Test
    void the_network_policy_names_ports_of_the_pods_and_leaves_health_to_the_monitoring() {
        Object spec = at(only("networkpolicy.yaml", "NetworkPolicy"), "spec");
        assertThat(at(spec, "podSelector", "matchLabels")).isEqualTo(LABELS);
        assertThat(list(spec, "policyTypes")).isEqualTo(List.of("Ingress", "Egress"));
        assertThat(list(spec, "ingress"))
                .hasSize(2)
                .allSatisfy(rule -> assertThat(map(rule))
                        .as("a rule without from lets everybody in")
                        .containsOnlyKeys("from", "ports"));
        assertThat(at(spec, "ingress", 0, "ports", 0, "port")).isEqualTo("http");
        assertThat(at(spec, "ingress", 1, "ports", 0, "port")).isEqualTo("health");
        assertThat(list(spec, "ingress", 1, "from")).hasSize(1);
        assertThat(list(spec, "egress"))
                .allSatisfy(rule -> assertThat(map(rule)).containsOnlyKeys("to", "ports"));
        String nodes = "{podSelector={matchLabels={app=holdfast}}}";
        assertThat(list(spec, "ingress", 0, "from").toString()).contains(nodes);
        assertThat(list(spec, "egress").toString()).contains(nodes);
    }

    /** A rolling update loses nothing, and takes no more than one node at a time. */
    @Test
    void pods_are_drained_and_replaced_one_after_the_other() {
        Object budget = only("cluster.yaml", "PodDisruptionBudget");
        assertThat(at(budget, "spec", "selector", "matchLabels")).isEqualTo(LABELS);
        assertThat(at(budget, "spec", "maxUnavailable")).isEqualTo(1);
        assertThat(at(deployment, "spec", "strategy", "rollingUpdate"))
                .isEqualTo(Map.of("maxSurge", 1, "maxUnavailable", 0));
        assertThat(map(at(deployment, "spec"))).doesNotContainKey("volumeClaimTemplates");
        assertThat(at(statefulSet, "spec", "replicas")).isEqualTo(1);
        assertThat(map(container(statefulSet))).as("SIGTERM drains").doesNotContainKey("lifecycle");
        Configuration configuration = configuration(environment(container(statefulSet)));
        assertThat(configuration.stop().delay())
                .as("until the pod is out of the Service")
                .isPositive();
        assertThat(Duration.ofSeconds((Integer) at(pod(statefulSet), "terminationGracePeriodSeconds")))
                .isGreaterThanOrEqualTo(longestStop(configuration));
    }
}
