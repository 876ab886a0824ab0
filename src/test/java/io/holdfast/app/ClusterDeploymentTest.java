package io.holdfast.app;

import static io.holdfast.app.DeploymentFiles.PORT;
import static io.holdfast.app.DeploymentFiles.at;
import static io.holdfast.app.DeploymentFiles.breakerDelay;
import static io.holdfast.app.DeploymentFiles.configuration;
import static io.holdfast.app.DeploymentFiles.documents;
import static io.holdfast.app.DeploymentFiles.isOneOfACluster;
import static io.holdfast.app.DeploymentFiles.longestStop;
import static io.holdfast.app.DeploymentFiles.map;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The files in docs/deployment/cluster, by their structure: no container runs here. Keys, ports, paths and names must exist. */
class ClusterDeploymentTest {
    private static final Path DIRECTORY = Path.of("docs/deployment/cluster");

    private final Map<String, Object> compose =
            map(documents(DIRECTORY.resolve("compose.yaml")).get(0));

    @Test
    void the_nodes_of_compose_have_a_configuration_that_the_server_takes() {
        for (String node : List.of("node1", "node2")) {
            Map<String, String> environment = new HashMap<>();
            map(at(compose, "services", node, "environment"))
                    .forEach((name, value) -> environment.put(name, given(String.valueOf(value))));
            Configuration configuration = configuration(environment);
            isOneOfACluster(configuration);
            String patience = at(compose, "services", node, "stop_grace_period").toString();
            assertThat(Duration.parse("PT" + patience)).isGreaterThanOrEqualTo(longestStop(configuration));
            assertThat(environment).containsKey(breakerDelay());
            assertThat(at(compose, "services", node, "ports", 0).toString()).endsWith(":" + PORT);
        }
    }

    /** A value that whoever starts it has to give. */
    private static String given(String value) {
        return value.startsWith("${") ? "publisher:sha256:" + "a1".repeat(32) : value;
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
}
