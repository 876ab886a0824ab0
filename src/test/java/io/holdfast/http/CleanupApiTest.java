package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.access.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CleanupApiTest {
    private static final Caller ANNA = new Caller(Set.of(Role.ADMIN), "anna");

    private final Node node = new Node();

    private interface Call {
        CompletionStage<Answer> answer(byte[] body, Caller caller) throws IOException;
    }

    @AfterEach
    void close() {
        node.close();
    }

    private Answer call(Call call, String body) throws IOException {
        byte[] json = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return call.answer(json, ANNA).toCompletableFuture().join();
    }

    private static JsonNode json(Answer answer) throws IOException {
        return new ObjectMapper().readTree(answer.json());
    }

    @Test
    void a_cycle_is_answered_with_its_number_at_once_or_with_its_report_when_waited_for() throws IOException {
        Answer begun = call(node.cleanup::run, "{}");
        assertThat(begun.status()).isEqualTo(202);
        assertThat(json(begun).path("cycle").asLong()).isEqualTo(1);
        JsonNode ended = json(call(node.cleanup::run, "{'wait':true,'kinds':['devices'],'quota':5}"));
        assertThat(ended.path("result").asText()).isEqualTo("completed");
        assertThat(ended.path("by").asText()).isEqualTo("anna");
        assertThat(json(node.cleanup.cycle(2)).path("stage").asText()).isEqualTo("ended");
        assertThat(json(node.cleanup.cycles()).path("cycles")).hasSize(2);
        assertThat(node.cleanup.cycle(9).status()).isEqualTo(404);
    }

    @Test
    void a_dry_run_is_answered_with_its_plan_and_leaves_no_cycle() throws IOException {
        JsonNode plan = json(call(node.cleanup::run, "{'dry_run':true}"));
        assertThat(plan.path("result").asText()).isEqualTo("dry_run");
        assertThat(json(node.cleanup.cycles()).path("cycles")).isEmpty();
    }

    @Test
    void a_hold_is_listed_until_it_is_released_and_both_are_audited() throws IOException {
        call(node.cleanup::hold, "{'owner':'u42','reason':'case 12','ttl':60}");
        JsonNode hold = json(node.cleanup.state()).path("holds").path(0);
        assertThat(hold.path("owner").asText()).isEqualTo("u42");
        assertThat(hold.path("ends_at").asLong() - hold.path("set_at").asLong()).isEqualTo(60_000);
        assertThat(json(call(node.cleanup::release, "{'owner':'u42'}"))
                        .path("released")
                        .asInt())
                .isEqualTo(1);
        assertThat(json(call(node.cleanup::release, "{'owner':'u42'}"))
                        .path("released")
                        .asInt())
                .isZero();
        JsonNode audit = json(node.cleanup.audit(new Parameters(Map.of()))).path("audit");
        assertThat(audit).hasSize(2).allMatch(entry -> entry.path("by").asText().equals("anna"));
        assertThat(json(node.cleanup.audit(new Parameters(Map.of("after", new String[] {"1"}))))
                        .path("audit"))
                .hasSize(1);
    }

    @Test
    void nothing_is_restored_where_nothing_is_soft_deleted() throws IOException {
        assertThat(json(call(node.cleanup::restore, "{'kind':'devices','id':'a/b'}"))
                        .path("restored")
                        .asInt())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "run | {'colour':1} | colour",
                "run | {'quota':0} | quota",
                "run | {'quota':1.5} | quota",
                "run | {'quota':1e99} | quota",
                "run | {'quota':'all'} | quota",
                "run | {'kinds':'devices'} | kinds",
                "run | {'kinds':[1]} | kinds",
                "run | {'kinds':['cars']} | dead-letters, devices, outboxes, channels",
                "run | {'dry_run':'yes'} | dry_run",
                "restore | {} | cycle",
                "restore | {'kind':'devices'} | cycle",
                "restore | {'kind':'devices','id':'a','cycle':1} | cycle",
                "restore | {'cycle':0} | cycle",
                "restore | {'kind':'cars','id':'a'} | cars",
                "hold | {'owner':''} | owner",
                "hold | {'owner':'a','kind':'devices','id':'b'} | owner",
                "hold | {'kind':'cars','id':'b'} | cars",
                "hold | {'owner':'a','ttl':-1} | ttl",
                "release | {} | owner",
            })
    void the_answer_to_a_wrong_body_names_the_mistake(String call, String body, String named) throws IOException {
        Call wanted = switch (call) {
            case "run" -> node.cleanup::run;
            case "restore" -> node.cleanup::restore;
            case "hold" -> node.cleanup::hold;
            default -> node.cleanup::release;
        };
        Answer answer = call(wanted, body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.toString()).contains(named);
        assertThat(json(node.cleanup.cycles()).path("cycles")).isEmpty();
    }
}
