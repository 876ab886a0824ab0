package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.access.Role;
import io.holdfast.cleanup.AuditEntry;
import io.holdfast.cleanup.CleanupState;
import io.holdfast.cleanup.CycleReport;
import io.holdfast.cleanup.Failure;
import io.holdfast.cleanup.Hold;
import io.holdfast.cleanup.Item;
import io.holdfast.cleanup.SoftDeleted;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.ConnectionStatus;
import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.DrainReport;
import io.holdfast.delivery.LatencyStats;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** openapi.yaml says of every call what the code does. */
class OpenApiDocumentTest {
    private static final Path DOCUMENT = Path.of("src/main/webapp/META-INF/openapi.yaml");

    private static final JsonNode ROOT = read();

    private static JsonNode read() {
        try (Reader text = Files.newBufferedReader(DOCUMENT)) {
            Object yaml = new Yaml().load(text);
            return new ObjectMapper().valueToTree(yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Route> routes() {
        PublishApi publish = new PublishApi((call, target) -> {
            throw new AssertionError("nothing is published here");
        });
        try (Node node = new Node()) {
            return new Routes(
                            publish,
                            node.batch,
                            node.commands,
                            new QueryApi(node.nodes),
                            new ControlApi(node.manager, node.nodes),
                            node.nodesApi,
                            node.revoke,
                            node.cleanup,
                            node.cleaner,
                            new BackupApi(),
                            new SelfApi())
                    .all();
        }
    }

    private static List<String> described() {
        List<String> described = new ArrayList<>();
        ROOT.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> described.add(method.toUpperCase() + " " + path.getKey())));
        return described;
    }

    private static JsonNode operation(Route route) {
        return ROOT.path("paths")
                .path("/api" + route.path())
                .path(route.method().toLowerCase());
    }

    @Test
    void every_call_is_described_and_nothing_else_is() {
        assertThat(described())
                .containsExactlyInAnyOrderElementsOf(routes().stream()
                        .map(route -> route.method() + " /api" + route.path())
                        .toList());
    }

    @Test
    void every_call_has_an_id_a_summary_examples_and_the_answers_that_all_can_give() {
        Set<String> ids = new TreeSet<>();
        for (Route route : routes()) {
            JsonNode operation = operation(route);
            assertThat(ids.add(operation.path("operationId").asText()))
                    .as("a new id for %s", route.path())
                    .isTrue();
            assertThat(operation.path("summary").asText()).as(route.path()).isNotBlank();
            assertThat(operation.path("responses").has("200")).as(route.path()).isTrue();
            assertThat(operation.path("responses").has("401")).as(route.path()).isTrue();
            assertThat(operation.path("responses").has("403")).as(route.path()).isTrue();
            boolean posted = route.action() instanceof Route.Posted;
            assertThat(operation.at("/requestBody/content/application~1json").has("example"))
                    .as("%s has a body, and an example of it", route.path())
                    .isEqualTo(posted);
            assertThat(operation.path("parameters")).as(route.path()).allMatch(parameter -> parameter.has("example"));
        }
    }

    @Test
    void every_post_has_the_answers_to_bodies_that_cannot_be_read() {
        assertThat(routes())
                .filteredOn(route -> route.method().equals("POST"))
                .isNotEmpty()
                .allSatisfy(
                        route -> assertThat(operation(route).path("responses").fieldNames())
                                .toIterable()
                                .contains("400", "408", "413", "415"));
    }

    @Test
    void every_call_names_the_role_that_it_wants() {
        for (Route route : routes()) {
            String role = route.roles().size() == Role.values().length ? "any" : Route.words(route.roles());
            assertThat(operation(route).path("description").asText())
                    .as(route.path())
                    .contains("Role: " + role);
        }
    }

    @Test
    void every_reference_leads_somewhere() {
        List<String> references = ROOT.findValuesAsText("$ref");
        assertThat(references).hasSizeGreaterThan(50);
        for (String reference : references) {
            assertThat(ROOT.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
    }

    /** The reader of Payara 7 gives up the whole document at a schema that is a boolean. */
    @Test
    void what_other_properties_may_be_is_a_schema() {
        assertThat(ROOT.findValues("additionalProperties"))
                .hasSizeGreaterThan(5)
                .allMatch(JsonNode::isObject);
    }

    @Test
    void the_kinds_of_a_batch_are_those_that_are_read() {
        List<String> kinds = Arrays.stream(Kind.values()).map(Kind::word).toList();
        assertThat(ROOT.at("/components/schemas/Command/properties").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(kinds);
        List<String> replies = new ArrayList<>(kinds);
        replies.add("error");
        assertThat(ROOT.at("/components/schemas/Reply/properties").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(replies);
    }

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of("DeliveryStats", DeliveryStats.class),
                Arguments.of("EngineBreaker", DeliveryStats.EngineBreaker.class),
                Arguments.of("Latency", LatencyStats.class),
                Arguments.of("ClientInfo", ClientStatus.class),
                Arguments.of("ClientDevice", ClientStatus.DeviceStatus.class),
                Arguments.of("Connection", ConnectionStatus.class),
                Arguments.of("Breaker", BreakerStatus.class),
                Arguments.of("DeadLetter", DeadLetter.class),
                Arguments.of("DrainReport", DrainReport.class),
                Arguments.of("Store", BackupApi.Stored.class),
                Arguments.of("Backup", BackupApi.Written.class),
                Arguments.of("CleanupCycle", CycleReport.class),
                Arguments.of("CleanupItem", Item.class),
                Arguments.of("CleanupAuditEntry", AuditEntry.class),
                Arguments.of("CleanupState", CleanupState.class),
                Arguments.of("CleanupKnown", CleanupApi.Known.class),
                Arguments.of("CleanupHold", Hold.class),
                Arguments.of("CleanupSoftDeleted", SoftDeleted.class),
                Arguments.of("CleanupFailure", Failure.class));
    }

    @ParameterizedTest
    @MethodSource("records")
    void what_is_answered_with_a_record_has_its_fields(String schema, Class<? extends Record> record) {
        assertThat(ROOT.at("/components/schemas/" + schema + "/required"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(Arrays.stream(record.getRecordComponents())
                        .map(RecordComponent::getName)
                        .map(RecordJson::name)
                        .toList());
        assertThat(ROOT.at("/components/schemas/" + schema + "/properties").fieldNames())
                .toIterable()
                .filteredOn(field -> !field.equals("missing_nodes"))
                .containsExactlyElementsOf(Arrays.stream(record.getRecordComponents())
                        .map(RecordComponent::getName)
                        .map(RecordJson::name)
                        .toList());
    }
}
