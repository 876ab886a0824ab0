package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Cleanup of what real clients leave behind; ages and grace are set short, and no schedule runs. */
class CleanupIT {
    private static final Map<String, String> VARIABLES = new HashMap<>(Map.of(
            "holdfast.insecure", "true",
            "holdfast.cleanup.enabled", "false",
            "holdfast.cleanup.grace", "2",
            "holdfast.cleanup.devices-age", "2",
            "holdfast.cleanup.outboxes-age", "0",
            "holdfast.cleanup.channels-age", "0"));

    private static LibertyServer gateway;

    private final String client = Names.fresh("cleanup");

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare("cleanup", VARIABLES).start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static JsonNode get(String path) {
        Api.Answer answer = gateway.api().get("/api/cleanup" + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode post(String path, String body) {
        Api.Answer answer = gateway.api().post("/api/cleanup" + path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode run() {
        return post("/run", "{'wait': true, 'quota': 1000}");
    }

    private static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private boolean softDeleted() {
        return each(get("/state").path("soft_deleted"))
                .anyMatch(each -> each.path("owner").asText().equals(client));
    }

    /** Results of the audit's entries about this client's device. */
    private Stream<String> audited() {
        return each(get("/audit?limit=1000").path("audit"))
                .filter(entry -> entry.path("id").asText().equals(client + "/default"))
                .map(entry -> entry.path("action").asText() + " "
                        + entry.path("result").asText());
    }

    private int devices() {
        Api.Answer answer = gateway.api().get("/api/clients/" + client);
        return answer.status() == 404 ? 0 : answer.json().path("devices").size();
    }

    private void visit() {
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
        }
    }

    /** Cycles until the device that has gone is set aside. */
    private void awaitSoftDeleted() {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    run();
                    return softDeleted();
                });
    }

    private void awaitAudited(String result) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    run();
                    return audited().anyMatch(result::equals);
                });
    }

    @Test
    void a_device_that_does_not_come_back_is_set_aside_and_then_deleted() {
        visit();
        JsonNode plan = post("/run", "{'dry_run': true}");
        assertThat(plan.path("number").asLong()).isZero();
        awaitSoftDeleted();
        assertThat(devices()).as("nothing is destroyed in the grace period").isEqualTo(1);
        awaitAudited("delete deleted");
        assertThat(devices()).isZero();
        assertThat(softDeleted()).isFalse();
        assertThat(gateway.api().get("/metrics").body()).contains("holdfast_cleanup_deletes_total");
        assertThat(new Api(gateway.http(), null).get("/health/ready").body()).contains("\"cleanup\":\"idle\"");
    }

    @Test
    void a_device_that_comes_back_in_the_grace_period_is_kept_and_continues_where_it_was() {
        visit();
        awaitSoftDeleted();
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            awaitAudited("delete kept: it is connected");
            gateway.api().sendNumbers(client, 1, 2);
            assertThat(connection.publications("#" + client, 2))
                    .extracting(Pub::n)
                    .containsExactly(1, 2);
            assertThat(devices()).isEqualTo(1);
        }
    }

    @Test
    void what_is_held_stays() {
        visit();
        post("/hold", "{'owner': '" + client + "', 'reason': 'a test'}");
        String other = client + "-other";
        try (RawClient connection = gateway.client()) {
            connection.connectAs(other);
        }
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    run();
                    return each(get("/state").path("soft_deleted"))
                            .anyMatch(each -> each.path("owner").asText().equals(other));
                });
        assertThat(softDeleted()).isFalse();
        assertThat(post("/release", "{'owner': '" + client + "'}")
                        .path("released")
                        .asInt())
                .isEqualTo(1);
        awaitSoftDeleted();
    }

    @Tag("slow")
    @Test
    void a_restore_and_the_audit_outlive_a_killed_server() {
        visit();
        awaitSoftDeleted();
        String restore = "{'kind': 'devices', 'id': '" + client + "/default'}";
        assertThat(post("/restore", restore).path("restored").asInt()).isEqualTo(1);
        JsonNode audit = get("/audit?limit=1000");

        gateway.restart();

        assertThat(get("/audit?limit=1000")).isEqualTo(audit);
        assertThat(audited())
                .containsExactly(
                        "soft_delete soft_deleted", "hold held: devices " + client + "/default", "restore restored");
        run();
        assertThat(softDeleted()).as("it is held after a restore").isFalse();
        assertThat(devices()).isEqualTo(1);
        assertThat(post("/restore", restore).path("restored").asInt()).isZero();
    }

    @Test
    @Tag("slow")
    void a_damaged_file_of_an_earlier_version_stops_the_start_and_is_named() throws IOException {
        try (LibertyServer damaged = LibertyServer.prepare("cleanup-damaged", VARIABLES)) {
            damaged.start();
            damaged.kill();
            for (String name : List.of("revocations", "cleanup")) {
                Path file = damaged.dataDirectory().resolve(name);
                Files.writeString(file, "not of ours\n{}\n");
                damaged.launch();
                damaged.awaitLog("Holdfast does not start. The file " + file + " is damaged: line 1");
                damaged.awaitAnswer("/health/ready", 503);
                damaged.kill();
                Files.delete(file);
            }
        }
    }

    @Test
    void a_cycle_that_is_not_waited_for_has_a_number() {
        Api.Answer begun = gateway.api().post("/api/cleanup/run", "{}");
        assertThat(begun.status()).isEqualTo(202);
        long cycle = begun.json().path("cycle").asLong();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/cycles/" + cycle).path("stage").asText().equals("ended"));
        assertThat(get("/cycles").path("cycles").path(0).path("number").asLong())
                .isEqualTo(cycle);
    }
}
