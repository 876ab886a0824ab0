package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.Role;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {
    private final Node node = new Node();
    private final Routes routes = new Routes(
            node.publish,
            node.batch,
            node.commands,
            new QueryApi(node.nodes),
            new ControlApi(node.manager, node.nodes),
            node.nodesApi,
            node.revoke,
            node.cleanup,
            node.cleaner,
            new BackupApi(),
            new SelfApi());

    @AfterEach
    void close() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "POST,/send,/send,''",
        "POST,'','',''",
        "GET,/clients,/clients,''",
        "GET,/clients/u42,/clients/{client},u42",
        "GET,/clients/a/b,/clients/{client},a/b",
        "GET,/client,/client,''",
        "POST,/breakers/reset,/breakers/reset,''",
        "POST,/breakers/a/b/reset,/breakers/{client}/reset,a/b",
        "GET,/breakers/a/reset,/breakers/{client},a/reset",
        "GET,/dead-letters/17,/dead-letters/{number},17",
        "HEAD,/clients/u42,/clients/{client},u42",
        "HEAD,/metrics,/metrics,''",
        "POST,/dead-letters/17/resend,/dead-letters/{number}/resend,17",
        "GET,/cleanup/cycles/3,/cleanup/cycles/{number},3",
    })
    void a_path_leads_to_its_call(String method, String path, String found, String segment) {
        assertThat(routes.find(method, path)).satisfies(call -> {
            assertThat(call.route().path()).isEqualTo(found);
            assertThat(call.segment()).isEqualTo(segment);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/send,POST",
        "DELETE,/clients,'GET, HEAD'",
        "GET,/drain,POST",
        "GET,/backup,POST",
        "POST,/dead-letters/x,''",
        "GET,/dead-letters/1234567890123456789,''",
        "GET,'',POST",
        "GET,/,''",
        "GET,/clients/,''",
        "GET,/sendx,''",
        "GET,/.send,''",
    })
    void an_unknown_call_names_the_right_methods_if_there_are_any(String method, String path, String methods) {
        assertThat(routes.find(method, path)).isNull();
        assertThat(routes.methods(path)).isEqualTo(methods);
    }

    @Test
    void only_an_administrator_may_do_more_than_publish_or_read() {
        Map<String, Set<Role>> roles = routes.all().stream()
                .collect(Collectors.toMap(route -> route.method() + " " + route.path(), Route::roles));
        assertThat(roles).hasSameSizeAs(routes.all());
        for (String path : new String[] {"send", "publish", "broadcast"}) {
            assertThat(roles.remove("POST /" + path)).containsExactly(Role.PUBLISHER);
        }
        for (String path : new String[] {"presence", "presence_stats", "history", "channels", "info"}) {
            assertThat(roles.remove("POST /" + path)).containsExactly(Role.READER);
        }
        assertThat(roles.remove("GET /message")).containsOnly(Role.PUBLISHER, Role.READER);
        for (String many : new String[] {"POST /batch", "POST ", "GET /self"}) {
            assertThat(roles.remove(many)).containsOnly(Role.PUBLISHER, Role.READER, Role.ADMIN);
        }
        roles.forEach((call, wanted) ->
                assertThat(wanted).as(call).containsExactly(call.startsWith("GET ") ? Role.READER : Role.ADMIN));
    }

    @Test
    void an_administrator_may_what_the_others_may_and_not_the_other_way_round() {
        Caller admin = new Caller(Set.of(Role.ADMIN), "a");
        Caller reader = new Caller(Set.of(Role.READER), "r");
        assertThat(admin.mayAs(Set.of(Role.READER))).isTrue();
        assertThat(admin.mayAs(Set.of(Role.PUBLISHER))).isTrue();
        assertThat(reader.mayAs(Set.of(Role.ADMIN))).isFalse();
        assertThat(reader.mayAs(Set.of(Role.PUBLISHER))).isFalse();
        assertThat(reader.mayAs(Set.of(Role.PUBLISHER, Role.READER))).isTrue();
        assertThat(new Caller(Set.of(), "").stranger()).isTrue();
    }
}
