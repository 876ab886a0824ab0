package io.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void what_is_not_there_is_absent() throws IOException {
        Json json = Json.read("{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"n\":null}");

        assertThat(json.at("a", "b").items().get(1).at("c").text()).isEqualTo("x");
        assertThat(json.at("a", "z", "y")).isEqualTo(Json.ABSENT);
        assertThat(json.at("a", "b", "c").items()).isEmpty();
        assertThat(json.has("n")).isTrue();
        assertThat(json.at("n").isNull()).isTrue();
        assertThat(json.at("z").isNull()).isTrue();
        assertThat(json.at("z")).hasToString("null");
        assertThat(json.at("a").number()).isZero();
        assertThat(json.fields().keySet()).containsExactly("a", "n");
    }

    @Test
    void numbers_keep_all_their_digits() throws IOException {
        String digits = "[12345678901234567890123,0.10,1.50,-0,9223372036854775807]";
        Json json = Json.read(digits);

        assertThat(json.items())
                .extracting(Json::textOrNumber)
                .containsExactly("12345678901234567890123", "0.10", "1.50", "0", "9223372036854775807");
        assertThat(json.items().get(0).number()).isZero();
        assertThat(json.items().get(4).number()).isEqualTo(Long.MAX_VALUE);
        assertThat(Json.read("1e3").textOrNumber()).isEqualTo("1000");
        assertThat(Json.read("2.9").number()).isEqualTo(2);
    }

    @Test
    void a_number_with_a_huge_exponent_keeps_it() throws IOException {
        assertThat(Json.read("1e999999999").textOrNumber()).isEqualTo("1E+999999999");
        assertThat(Json.read("1e-999999999").textOrNumber()).isEqualTo("1E-999999999");
        assertThat(Json.read("1e1000").textOrNumber()).isEqualTo("1" + "0".repeat(1_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{}{}", "1 2", "nul", "{\"a\":1,}", "NaN", "'a'", "1e99999999999"})
    void what_is_not_one_value_is_refused(String text) {
        assertThatThrownBy(() -> Json.read(text)).isInstanceOf(IOException.class);
    }

    @Test
    void values_are_made_and_written_in_one_line() throws IOException {
        Json made = Json.of(Map.of("a", List.of("x\n", 1L, true, Json.read("{\"b\":0.10}"))));

        assertThat(made).hasToString("{\"a\":[\"x\\n\",1,true,{\"b\":0.10}]}");
        assertThat(Json.object(json -> json.writeStringField("a", "\""))).isEqualTo("{\"a\":\"\\\"\"}");
        assertThat(Json.array(List.of("1", "{}"))).isEqualTo("[1,{}]");
        assertThat(Json.quoted("a\"\u0001")).isEqualTo("\"a\\\"\\u0001\"");
    }
}
