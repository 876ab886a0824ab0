package io.holdfast.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.Role;
import io.holdfast.access.Rules;
import io.holdfast.cluster.Asking;
import io.holdfast.commands.CommandSettings;
import io.holdfast.commands.ServerTags;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelfApiTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void a_caller_learns_its_name_its_roles_and_the_node_that_answers() {
        SelfApi self = new SelfApi(
                Rules.options(true, null, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()),
                new CommandSettings("1.2.3", "n\"1", SECOND, SECOND, SECOND, 1, 1, 1, 1, ServerTags.ASKED),
                Asking.nobody());
        Answer answer = self.self(new Caller(Set.of(Role.ADMIN, Role.READER), "key 1a2b3c4d"))
                .toCompletableFuture()
                .join();
        assertThat(new String(answer.json(), UTF_8))
                .isEqualTo("{\"name\":\"key 1a2b3c4d\",\"roles\":[\"reader\",\"admin\"],\"insecure\":true,"
                        + "\"version\":\"1.2.3\",\"node\":\"n\\\"1\",\"number\":0}");
    }
}
