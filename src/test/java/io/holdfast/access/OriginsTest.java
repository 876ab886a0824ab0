package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginsTest {

    private final Origins own = new Origins(List.of(), false);

    @Test
    void a_program_without_origin_is_accepted() {
        assertThat(own.allows(null, "shop.example")).isTrue();
        assertThat(own.allows(null, null)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://shop.example:9080, shop.example:9080",
        "http://Shop.Example, shop.example",
        "http://shop.example, shop.example:80",
        "https://shop.example, shop.example",
        "https://shop.example, shop.example:443",
        "https://shop.example:443, shop.example",
        "http://[::1]:9080, [::1]:9080",
        "http://my_service:9080, my_service:9080"
    })
    void a_page_of_the_same_host_and_port_is_accepted(String origin, String host) {
        assertThat(own.allows(origin, host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, shop.example",
        "http://shop.example.evil.example, shop.example",
        "http://shop.example:9081, shop.example:9080",
        "http://shop.example, shop.example:9080",
        "http://shop.example@evil.example, shop.example",
        "http://shop.example/, shop.example",
        "http://shop.example?, shop.example",
        "null, null",
        "'', ''",
        "http://, ''",
        "file://shop.example, shop.example",
        "chrome-extension://shop.example, shop.example",
        "http://shop.example:99999999999, shop.example:99999999999",
        "http://shop.example, shop.example@evil.example",
        "http://shop.example http://shop.example, shop.example"
    })
    void any_other_page_is_refused(String origin, String host) {
        assertThat(own.allows(origin, host)).isFalse();
    }

    @Test
    void without_a_host_header_no_page_is_our_own() {
        assertThat(own.allows("http://shop.example", null)).isFalse();
    }

    @Test
    void a_listed_origin_is_accepted_like_our_own() {
        Origins listed = new Origins(List.of("https://Shop.example/", "http://dev.example:5173"), false);

        assertThat(listed.allows("https://shop.example", "gateway:9080")).isTrue();
        assertThat(listed.allows("https://shop.example:443", "gateway:9080")).isTrue();
        assertThat(listed.allows("http://dev.example:5173", "gateway:9080")).isTrue();
        assertThat(listed.allows("http://gateway:9080", "gateway:9080")).isTrue();
        assertThat(listed.allows("http://shop.example", "gateway:9080")).isFalse();
        assertThat(listed.allows("http://dev.example", "gateway:9080")).isFalse();
    }

    @Test
    void a_star_allows_every_page_that_has_an_origin() {
        Origins any = new Origins(List.of("*"), true);

        assertThat(any.allows("https://anywhere.example", "gateway")).isTrue();
        assertThat(any.allows("null", "gateway")).isTrue();
        assertThat(any.allows("capacitor://localhost", "gateway")).isTrue();
        assertThat(any.allows("shop.example", "gateway")).as("not an origin").isFalse();
        assertThat(any.allows("", "gateway")).as("not an origin").isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "capacitor://localhost",
                "ionic://localhost",
                "tauri://localhost",
                "app://.",
                "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
                "moz-extension://0c8ee7b3-0f5f-4a2c-9a8c-4a8a1a7d5a11",
                "file://",
                "null",
            })
    void a_page_that_does_not_come_from_the_web_is_accepted_if_it_is_listed(String origin) {
        assertThat(new Origins(List.of(origin), true).allows(origin, "gateway")).isTrue();
        assertThat(new Origins(List.of("https://shop.example"), false).allows(origin, "localhost"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "capacitor://localhost, capacitor://localhost:8100",
        "capacitor://localhost, ionic://localhost",
        "capacitor://localhost, http://localhost",
        "http://localhost, capacitor://localhost",
        "chrome-extension://abc, chrome-extension://abcd",
        "file://, null",
        "null, file://",
    })
    void a_listed_origin_does_not_allow_another_one(String listed, String origin) {
        assertThat(new Origins(List.of(listed), false).allows(origin, "gateway"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://*.shop.example, https://admin.shop.example, true",
        "https://*.shop.example, https://eu.admin.shop.example, true",
        "https://*.Shop.example/, https://ADMIN.shop.example:443, true",
        "https://*.shop.example:8443, https://admin.shop.example:8443, true",
        "https://*.shop.example, https://shop.example, false",
        "https://*.shop.example, https://.shop.example, false",
        "https://*.shop.example, https://evilshop.example, false",
        "https://*.shop.example, https://admin.shop.example.evil.example, false",
        "https://*.shop.example, http://admin.shop.example, false",
        "https://*.shop.example, https://admin.shop.example:8443, false",
    })
    void a_star_before_a_host_allows_the_hosts_below_it(String listed, String origin, boolean allowed) {
        assertThat(new Origins(List.of(listed), false).allows(origin, "gateway"))
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9080", "127.0.0.1:9080", "[::1]:9080"})
    void in_insecure_mode_a_loopback_page_is_our_own(String host) {
        assertThat(new Origins(List.of(), true).allows("http://" + host, host)).isTrue();
    }

    @Test
    void in_insecure_mode_a_name_that_dns_could_point_at_loopback_is_refused() {
        assertThat(new Origins(List.of(), true).allows("http://rebound.example:9080", "rebound.example:9080"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.example",
                "https://shop.example/path",
                "",
                "ws://shop.example",
                "http://",
                "https://*",
                "https://*.com",
                "https://shop.*",
                "https://*shop.example",
                "http://localhost:*",
                "*://shop.example",
                "https://a.*.shop.example"
            })
    void an_invalid_origin_in_the_list_stops_the_start(String origin) {
        assertThatThrownBy(() -> new Origins(List.of(origin), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://");
    }
}
