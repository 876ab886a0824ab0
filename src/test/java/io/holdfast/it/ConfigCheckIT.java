package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.CliRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code config check} finds the values that the server takes: the same key of one namespace each is set in two places, and
 * shows in how many publications the server keeps.
 */
@Tag("slow")
class ConfigCheckIT {
    private static final int PUBLISHED = 12;

    /** Where the value that counts must come from. */
    private static final Map<String, String> WHERE = new LinkedHashMap<>();

    static {
        WHERE.put("env", "server.env");
        WHERE.put("boot", "bootstrap.properties");
        WHERE.put("jvm", "jvm.options");
        WHERE.put("xml", "server.xml");
        WHERE.put("dropdefault", "server.xml");
        WHERE.put("dropover", "over.xml");
        WHERE.put("defaultlast", "over.xml");
        WHERE.put("defaultenv", "server.env");
        WHERE.put("reference", "server.xml");
        WHERE.put("app", "server.xml");
    }

    private static String key(String namespace) {
        return "holdfast.namespace." + namespace + ".max-messages";
    }

    private static String variable(String namespace, int value) {
        return "<variable name=\"" + key(namespace) + "\" value=\"" + value + "\"/>\n";
    }

    private static String byDefault(String namespace, int value) {
        return variable(namespace, value).replace(" value=", " defaultValue=");
    }

    private static String environment(String namespace, int value) {
        return key(namespace).replaceAll("[.-]", "_").toUpperCase() + "=" + value + "\n";
    }

    private static void server(Path file, String... elements) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "<server>\n" + String.join("", elements) + "</server>\n");
    }

    private static void configure(Path directory) throws IOException {
        Files.writeString(
                directory.resolve("server.env"),
                "# a comment\n" + environment("env", 2) + environment("boot", 2) + environment("defaultenv", 2)
                        + "HOLDFAST_TEST_SIX=6\nkeystore_password=unused\nltpa_keys_password=unused\n");
        Files.writeString(directory.resolve("bootstrap.properties"), key("boot") + " = 3\n" + key("jvm") + "=3\n");
        Files.writeString(
                directory.resolve("jvm.options"),
                "-Xmx512m\n# -D" + key("boot") + "=9\n-D" + key("jvm") + "=4\n-D" + key("xml") + "=4\n");
        server(directory.resolve("configDropins/defaults/def.xml"), variable("dropdefault", 8));
        server(
                directory.resolve("configDropins/overrides/over.xml"),
                variable("dropover", 8),
                byDefault("defaultlast", 8),
                byDefault("defaultenv", 8));
        Path xml = directory.resolve("server.xml");
        String own = byDefault("env", 1)
                + variable("xml", 5)
                + variable("dropdefault", 5)
                + variable("dropover", 5)
                + variable("defaultlast", 5)
                + variable("defaultenv", 5)
                + variable("reference", 5).replace("\"5\"", "\"${holdfast.test.six}\"");
        String application = "<appProperties><property name=\"" + key("app") + "\" value=\"9\"/></appProperties>";
        Files.writeString(
                xml,
                Files.readString(xml)
                        .replace("</server>", own + variable("app", 5) + "</server>")
                        .replace("<classloader apiTypeVisibility", application + "<classloader apiTypeVisibility"));
    }

    private static int kept(LibertyServer gateway, String namespace) {
        String channel = namespace + ":" + Names.fresh("check");
        for (int n = 0; n < PUBLISHED; n++) {
            Api.Answer answer = gateway.api().post("/api/publish", "{'channel': '%s', 'data': 1}", channel);
            assertThat(answer.json().has("result")).as(answer.body()).isTrue();
        }
        return gateway.api()
                .post("/api/history", "{'channel': '%s', 'limit': -1}", channel)
                .json()
                .at("/result/publications")
                .size();
    }

    @Test
    void the_values_and_their_places_are_those_that_the_server_takes() throws IOException {
        try (LibertyServer gateway = LibertyServer.prepare(
                "config-check",
                Map.of("holdfast.insecure", "true", "holdfast.namespaces", String.join(",", WHERE.keySet())))) {
            Path directory = gateway.dataDirectory().getParent();
            configure(directory);

            CliRun check = CliRun.run(
                    "config",
                    "check",
                    "--values",
                    "--json",
                    directory.resolve("server.xml").toString());
            Map<String, Integer> told = new LinkedHashMap<>();
            Map<String, String> where = new LinkedHashMap<>();
            for (JsonNode value : check.json().path("values")) {
                String key = value.path("key").asText();
                if (key.endsWith(".max-messages")) {
                    String namespace = key.split("\\.")[2];
                    told.put(namespace, value.path("value").asInt());
                    where.put(
                            namespace,
                            value.path("where")
                                    .asText()
                                    .replaceFirst("^.*/", "")
                                    .replaceFirst(":\\d+$", ""));
                }
            }
            assertThat(check.json().path("findings"))
                    .as(check.out())
                    .noneMatch(finding -> finding.path("level").asText().equals("error"));

            gateway.start();
            Map<String, Integer> taken = WHERE.keySet().stream()
                    .collect(Collectors.toMap(namespace -> namespace, namespace -> kept(gateway, namespace)));
            assertThat(told).containsExactlyInAnyOrderEntriesOf(taken);
            assertThat(where).containsExactlyInAnyOrderEntriesOf(WHERE);
        }
    }
}
