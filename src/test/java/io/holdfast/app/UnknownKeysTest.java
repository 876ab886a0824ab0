package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.app.Keys.Known;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnknownKeysTest {
    private static List<String> find(String... names) {
        Keys keys = new Keys(new MapConfig(Map.of("holdfast.namespaces", "orders")));
        Configuration.read(keys, Path.of("/out"), Path.of("/tmp"));
        Collection<String> known = keys.known().stream().map(Known::key).toList();
        return UnknownKeys.find(List.of(names), known);
    }

    @Test
    void what_is_read_and_what_belongs_to_others_is_not_named() {
        assertThat(find(
                        "holdfast.ping.interval",
                        "HOLDFAST_PING_INTERVAL",
                        "holdfast.namespace.orders.ttl",
                        "HOLDFAST_NAMESPACE_ORDERS_DEDUP_ID_POINTER",
                        "HOLDFAST_API_KEY",
                        "HOLDFAST_TOKEN",
                        "health.port",
                        "java.home",
                        "holdfaster.than",
                        "PATH"))
                .isEmpty();
    }

    @Test
    void a_key_with_a_typing_error_is_named_with_the_nearest_one() {
        assertThat(find("holdfast.ping.intervall", "holdfast.token.secret"))
                .containsExactly(
                        "The key holdfast.ping.intervall does not exist and has no effect; did you mean holdfast.ping.interval?",
                        "The key holdfast.token.secret does not exist and has no effect; did you mean holdfast.token.hmac-secret?");
    }

    @Test
    void so_is_a_variable_of_the_environment() {
        assertThat(find("HOLDFAST_PING_INTERVALL", "HOLDFAST_DATA_DIR"))
                .containsExactly(
                        "The variable HOLDFAST_DATA_DIR of the environment is no key's and has no effect; did you mean"
                                + " HOLDFAST_DATA_DIRECTORY?",
                        "The variable HOLDFAST_PING_INTERVALL of the environment is no key's and has no effect; did you mean"
                                + " HOLDFAST_PING_INTERVAL?");
    }

    /** Liberty has each variable of the environment also with dots. */
    @Test
    void a_variable_is_named_once_and_one_of_a_key_not_at_all() {
        assertThat(find("HOLDFAST_TOKEN_HMAC_SECRET", "holdfast.token.hmac.secret"))
                .isEmpty();
        assertThat(find("HOLDFAST_DATA_DIR", "holdfast.data.dir")).hasSize(1);
        assertThat(find("holdfast.token.hmac.secret")).hasSize(1);
    }

    @Test
    void a_namespace_that_is_not_listed_is_told() {
        assertThat(find("holdfast.namespace.chat.ttl", "HOLDFAST_NAMESPACE_NEWS_TTL"))
                .hasSize(2)
                .allMatch(line -> line.endsWith("its namespace must be in holdfast.namespaces, and the rest be as in"
                        + " holdfast.channels.*"));
    }

    @Test
    void a_name_that_resembles_nothing_leads_to_the_page() {
        assertThat(find("holdfast.x"))
                .containsExactly("The key holdfast.x does not exist and has no effect; see docs/configuration.md");
    }
}
