package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.ApiKeys;
import io.holdfast.access.Namespace;
import io.holdfast.access.Role;
import io.holdfast.client.Tokens;
import io.holdfast.handlers.backend.BackendEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** docs/migration-from-centrifugo.md names keys and calls that exist, and its example is two configurations that say the same. */
class MigrationDocTest {
    private static final String TEXT = text(Path.of("docs/migration-from-centrifugo.md"));
    private static final String NAMESPACE = "holdfast\\.namespace\\.[^.]+\\.";

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<MatchResult> all(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results();
    }

    private static Set<String> known() {
        return ConfigurationDocTest.known().stream().map(Keys.Known::key).collect(Collectors.toSet());
    }

    @Test
    void every_key_that_it_names_exists() {
        List<String> named = all("(?:`|name=\")(holdfast\\.[a-z0-9.-]*[a-z0-9])(?=[`\"= ])", TEXT)
                .map(found -> found.group(1).replaceFirst(NAMESPACE, "holdfast.channels."))
                .distinct()
                .toList();
        assertThat(named)
                .hasSizeGreaterThan(50)
                .allSatisfy(key -> assertThat(known()).contains(key));
    }

    @Test
    void every_key_of_a_namespace_in_its_table_exists() {
        List<String> options = rows("### Channels and namespaces").stream()
                .flatMap(cells -> all("`([a-z.-]+)(?:=[^`]*)?`", cells.get(1)).map(found -> found.group(1)))
                .filter(option -> !option.startsWith("holdfast."))
                .filter(option -> Arrays.stream(AllowedClients.values())
                        .noneMatch(value -> value.name().equalsIgnoreCase(option)))
                .toList();
        assertThat(options)
                .hasSizeGreaterThan(15)
                .allSatisfy(option -> assertThat(known()).contains("holdfast.channels." + option));
    }

    @Test
    void every_call_is_there_where_it_says_so_and_only_there() throws IOException {
        Map<String, Object> api;
        try (var in = Files.newBufferedReader(Path.of("src/main/webapp/META-INF/openapi.yaml"))) {
            api = new Yaml().load(in);
        }
        JsonNode described = new ObjectMapper().valueToTree(api);
        Set<String> compatible = new TreeSet<>(Set.of("/api/batch"));
        described
                .at("/components/schemas/Command/properties")
                .fieldNames()
                .forEachRemaining(word -> compatible.add("/api/" + word));
        compatible.remove("/api/send"); // which is ours
        Set<String> there = new TreeSet<>();
        for (List<String> cells : rows("## Server API")) {
            List<String> paths = all("`(/api/[a-z_]+)`", cells.get(0))
                    .map(found -> found.group(1))
                    .toList();
            assertThat(cells.get(1)).as("%s", paths).isIn("there", "not there");
            for (String path : paths) {
                assertThat(described.path("paths").path(path).has("post")) // the shape that Centrifugo's commands have
                        .as("POST %s in openapi.yaml", path)
                        .isEqualTo(cells.get(1).equals("there"));
            }
            if (cells.get(1).equals("there")) {
                there.addAll(paths);
            }
        }
        assertThat(there).isEqualTo(compatible);
    }

    /** The cells of the first table below a heading, without its head. */
    private static List<List<String>> rows(String heading) {
        String table = TEXT.substring(TEXT.indexOf("\n" + heading + "\n"))
                .split("\n\\|", 2)[1]
                .split("\n\n", 2)[0];
        return table.lines()
                .skip(2)
                .map(line -> Arrays.stream(line.substring(1).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    @Test
    void its_example_says_the_same_to_both_servers() throws Exception {
        JsonNode old = new ObjectMapper().readTree(example("json"));
        Map<String, String> values = new HashMap<>();
        all("<variable name=\"([^\"]+)\" value=\"([^\"]+)\"/>", example("xml"))
                .forEach(found -> values.put(found.group(1), found.group(2)));
        Configuration read = Configuration.read(new MapConfig(values), Path.of("/out"), Path.of("/tmp"));

        AccessPolicy access = new AccessPolicy(read.access());
        String secret = old.at("/client/token/hmac_secret_key").asText();
        String token = Tokens.hs256(secret, "{\"sub\":\"u42\"}");
        assertThat(access.authenticate(token, null, null, Instant.now()).client())
                .isEqualTo("u42");
        assertThat(new ApiKeys(read.access().apiKeys())
                        .find(old.at("/http_api/key").asText())
                        .roles())
                .contains(Role.ADMIN);
        assertThat(read.access().allowedOrigins())
                .containsExactlyElementsOf(old.at("/client/allowed_origins")
                        .valueStream()
                        .map(JsonNode::asText)
                        .toList());
        for (JsonNode namespace : old.at("/channel/namespaces")) {
            Namespace carried =
                    read.access().namespaces().storing(namespace.path("name").asText() + ":7");
            assertThat(carried.name()).isEqualTo(namespace.path("name").asText());
            assertThat(carried.retention().maxMessages())
                    .isEqualTo(namespace.path("history_size").asInt());
            assertThat(carried.timeToLive())
                    .isEqualTo(Duration.parse(
                            "PT" + namespace.path("history_ttl").asText().toUpperCase()));
            assertThat(carried.subscribe())
                    .isEqualTo(
                            namespace.path("allow_subscribe_for_client").asBoolean()
                                    ? AllowedClients.CLIENTS
                                    : AllowedClients.SUBSCRIBERS);
            assertThat(carried.publish()).isEqualTo(forSubscribers(namespace, "publish"));
            assertThat(carried.presence()).isEqualTo(forSubscribers(namespace, "presence"));
            assertThat(carried.history()).isEqualTo(forSubscribers(namespace, "history"));
            assertThat(carried.joinLeave())
                    .isEqualTo(namespace.path("join_leave").asBoolean());
            assertThat(carried.joinLeaveUnasked())
                    .isEqualTo(namespace.path("force_push_join_leave").asBoolean());
            assertThat(carried.recovery())
                    .isEqualTo(namespace.path("force_recovery").asBoolean());
        }
        Map<BackendEvent, JsonNode> proxies =
                Map.of(BackendEvent.CONNECT, old.at("/client/proxy/connect"), BackendEvent.RPC, old.at("/rpc/proxy"));
        assertThat(read.backends().routes().keySet()).isEqualTo(proxies.keySet());
        proxies.forEach((event, proxy) -> {
            assertThat(read.backends().routes().get(event).others())
                    .hasToString(proxy.path("endpoint").asText());
            assertThat(read.backends().timeout())
                    .isEqualTo(
                            Duration.parse("PT" + proxy.path("timeout").asText().toUpperCase()));
            assertThat(read.handlers().headers())
                    .containsExactly(proxy.at("/http_headers/0").asText().toLowerCase());
        });
    }

    private static AllowedClients forSubscribers(JsonNode namespace, String what) {
        return namespace.path("allow_" + what + "_for_subscriber").asBoolean()
                ? AllowedClients.SUBSCRIBERS
                : AllowedClients.NOBODY;
    }

    private static String example(String language) {
        return all("(?s)^```" + language + "\n(.*?)^```", TEXT.substring(TEXT.indexOf("\n## A worked example")))
                .findFirst()
                .orElseThrow()
                .group(1);
    }
}
