package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.ApiKeys;
import io.holdfast.access.Role;
import io.holdfast.app.ListeningAddresses.Endpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BannerTest {
    private static final Endpoint PUBLIC = new Endpoint("localhost", 9080, false);
    private static final Endpoint HEALTH = new Endpoint("*", 8081, false);
    private static final String SECRET = "0123456789012345678901234567890123456789";

    private static Banner banner(Map<String, String> values, String path, Endpoint... endpoints) {
        return new Banner(
                Configuration.read(new MapConfig(values), Path.of("/out"), Path.of("/tmp")), List.of(endpoints), path);
    }

    @Test
    void a_new_user_reads_where_everything_is() {
        String keys = ApiKeys.entry(Role.ADMIN, "a") + "," + ApiKeys.entry(Role.PUBLISHER, "b") + ","
                + ApiKeys.entry(Role.PUBLISHER, "c");
        assertThat(banner(
                                Map.of("holdfast.token.hmac-secret", SECRET, "holdfast.api.keys", keys),
                                "",
                                PUBLIC,
                                new Endpoint("*", 9443, true),
                                HEALTH)
                        .text(true))
                .isEqualTo("""
                        Holdfast 0.1.0 has started.
                          page      http://localhost:9080/, https://localhost:9443/ (and on every other address)
                          clients   ws://localhost:9080/connection/websocket, wss://localhost:9443/connection/websocket (and on every other address)
                                    need a token (a secret)
                          API       http://localhost:9080/api, https://localhost:9443/api (and on every other address)
                                    3 keys: 2 publisher, 1 admin
                          health    http://localhost:8081/health/ready
                          engine    rocksdb, data in /out/holdfast-data
                          node      holdfast, alone""");
    }

    @Test
    void neither_secrets_nor_passwords_are_told() {
        String text = banner(
                        Map.of(
                                "holdfast.token.hmac-secret", SECRET,
                                "holdfast.token.jwks-url", "https://login.example/jwks?key=s3cret",
                                "holdfast.engine", "postgresql",
                                "holdfast.engine.url", "jdbc:postgresql://db.example/holdfast?sslpassword=s3cret",
                                "holdfast.engine.password", "s3cret",
                                "holdfast.api.keys", ApiKeys.entry(Role.READER, "a")),
                        "",
                        PUBLIC)
                .text(true);
        assertThat(text)
                .contains("postgresql, jdbc:postgresql://db.example/holdfast\n")
                .contains("need a token (a secret, the keys of login.example)")
                .contains("1 key: 1 reader")
                .doesNotContain("s3cret")
                .doesNotContain(SECRET)
                .doesNotContain(ApiKeys.entry(Role.READER, "a").substring(14));
    }

    @Test
    void a_server_that_does_not_tell_its_addresses_has_paths() {
        assertThat(banner(Map.of("holdfast.insecure", "true"), "/shop").text(false))
                .doesNotContain("page")
                .contains("clients   /shop/connection/websocket of this server")
                .contains("name themselves (INSECURE MODE)\n")
                .doesNotContain("health");
    }

    @Test
    void a_database_of_the_container_is_named_and_so_is_the_login() {
        assertThat(banner(
                                Map.of(
                                        "holdfast.engine", "postgresql",
                                        "holdfast.identity", "both",
                                        "holdfast.cluster", "true",
                                        "holdfast.node.name", "n7"),
                                "",
                                new Endpoint("::1", 9080, false))
                        .text(true))
                .contains("http://[::1]:9080/")
                .contains("data source jdbc/holdfast")
                .contains("need a token, and there is no key for tokens, or are identified by the container's login")
                .contains("no keys")
                .contains("n7, in a cluster");
    }
}
