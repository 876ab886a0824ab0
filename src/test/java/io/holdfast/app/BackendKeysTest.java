package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.handlers.backend.BackendEvent;
import io.holdfast.handlers.backend.BackendRoutes;
import io.holdfast.handlers.backend.BackendSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackendKeysTest {

    private static BackendSettings read(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("holdfast.namespaces", "orders");
        return Configuration.read(new MapConfig(all), Path.of("/out"), Path.of("/tmp"))
                .backends();
    }

    @Test
    void an_entry_is_a_url_for_all_others_or_for_one_name() {
        BackendSettings read = read(Map.of(
                "holdfast.backend.rpc", "https://a.example/rpc?x=1, price = http://b.example:81",
                "holdfast.backend.subscribe", "orders=https://a.example/o,=https://a.example/none"));
        assertThat(read.routes())
                .containsOnlyKeys(BackendEvent.RPC, BackendEvent.SUBSCRIBE)
                .containsEntry(
                        BackendEvent.RPC,
                        new BackendRoutes(
                                URI.create("https://a.example/rpc?x=1"),
                                Map.of("price", URI.create("http://b.example:81"))))
                .containsEntry(
                        BackendEvent.SUBSCRIBE,
                        new BackendRoutes(
                                null,
                                Map.of(
                                        "orders", URI.create("https://a.example/o"),
                                        "", URI.create("https://a.example/none"))));
        assertThat(read(Map.of())).isEqualTo(BackendSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connect | shop.example",
                "connect | ftp://shop.example",
                "connect | https:///path",
                "connect | https://user:secret@shop.example",
                "connect | https://shop.example/#part",
                "connect | https://a.example, https://b.example",
                "connect | orders=https://a.example",
                "subscribe | missing=https://a.example",
                "publish | missing=https://a.example",
                "sub-refresh | missing=https://a.example",
                "subscribe | orders=https://a.example, orders=https://b.example",
                "rpc | =https://a.example",
                "rpc | ack=https://a.example",
                "rpc | price=a.example",
                "secret | too short a secret",
                "secret | file:/nowhere/at/all",
            })
    void a_bad_value_stops_the_start_and_names_its_key(String key, String value) {
        assertThatThrownBy(() -> read(Map.of("holdfast.backend." + key, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.backend." + key)
                .hasMessageNotContaining("user:secret")
                .hasMessageNotContaining("short a secret");
    }

    @Test
    void a_header_of_the_request_itself_cannot_be_passed_on() {
        assertThatThrownBy(() -> read(Map.of(
                        "holdfast.backend.connect", "https://a.example",
                        "holdfast.handlers.headers", "Cookie,Content-Length")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.handlers.headers")
                .hasMessageContaining("'content-length'");
    }
}
