package io.holdfast.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** Each field of Centrifugo's server API (6.9.1) is described, or refused by name where it is set. */
class PublicApiTest {
    private static final Path DOCUMENT = Path.of("src/main/webapp/META-INF/openapi.yaml");
    private static final String TARGETS = "\"user\":\"u\",\"channel\":\"c\",\"channels\":[\"c\"],\"data\":1";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "PUBLISH | channel data b64data skip_history tags idempotency_key delta version version_epoch",
                "BROADCAST | channels data b64data skip_history tags idempotency_key delta version version_epoch",
                "SUBSCRIBE | channel user expire_at info b64info client data b64data recover_since override session"
                        + " label_filter all_users",
                "UNSUBSCRIBE | channel user client session label_filter all_users",
                "DISCONNECT | user disconnect client whitelist session label_filter all_users",
                "REFRESH | user client expired expire_at info session label_filter all_users",
                "PRESENCE | channel",
                "PRESENCE_STATS | channel",
                "HISTORY | channel limit since reverse",
                "HISTORY_REMOVE | channel",
                "CHANNELS | pattern",
            })
    void a_field_is_described_or_refused(Kind kind, String fields) throws IOException {
        JsonNode described = properties(kind);
        for (String field : fields.split(" ")) {
            assertThat(described.has(field) || refused(kind, field))
                    .as("%s of %s", field, kind)
                    .isTrue();
        }
    }

    private static boolean refused(Kind kind, String field) throws IOException {
        for (String value : Arrays.asList("true", "{\"key\":\"k\",\"cmp\":\"ex\"}")) {
            Call call = Calls.one(kind, ("{" + TARGETS + ",\"" + field + "\":" + value + "}").getBytes(UTF_8));
            if (!(call instanceof Call.Refused refused) || !refused.field().equals(field)) {
                return false;
            }
        }
        return true;
    }

    private static JsonNode properties(Kind kind) throws IOException {
        try (Reader text = Files.newBufferedReader(DOCUMENT)) {
            JsonNode root = new ObjectMapper().valueToTree(new Yaml().load(text));
            JsonNode schema = root.path("paths")
                    .path("/api/" + kind.word())
                    .path("post")
                    .at("/requestBody/content/application~1json/schema");
            String reference = schema.path("$ref").asText();
            JsonNode body = reference.isEmpty() ? schema : root.at(reference.substring(1));
            assertThat(body.has("properties")).as("properties of %s", kind).isTrue();
            return body.path("properties");
        }
    }
}
