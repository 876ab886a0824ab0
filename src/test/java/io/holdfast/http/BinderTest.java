package io.holdfast.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How fields get into a target, and what is said of those that do not. */
class BinderTest {
    private static final Binder<Thing> INNER =
            Binder.<Thing>lenient().field("size", (thing, in) -> thing.size = Binder.whole(in, "box.size", 1, 9));

    private static final Binder<Thing> SMALL =
            Binder.<Thing>strict().field("name", (thing, in) -> thing.name = in.string());

    private static final Binder<Thing> STRICT = Binder.<Thing>strict()
            .field("name", (thing, in) -> thing.name = in.string())
            .optional("size", (thing, in) -> thing.size = Binder.whole(in, "size", 1, 9))
            .field("box", (thing, in) -> INNER.read(in, thing, "box."))
            .field("words", (thing, in) -> Binder.strings(in, "words", thing.words, 2))
            .optional("inside", (thing, in) -> SMALL.read(in, thing, "inside."))
            .unsupported("age", "things");

    private static final class Thing implements Binder.Target {
        private final List<String> words = new ArrayList<>();
        private final List<String> wrong = new ArrayList<>();
        private String name = "";
        private long size;

        @Override
        public void refuse(String code, String field, String message) {
            wrong.add(code + " " + field + ": " + message);
        }
    }

    private static Thing read(Binder<Thing> binder, String json) throws IOException {
        Thing thing = new Thing();
        binder.read(json.getBytes(UTF_8), thing);
        return thing;
    }

    @Test
    void reading_continues_after_a_mistake() throws IOException {
        Thing thing = read(
                STRICT,
                "{\"size\":10,\"box\":{\"size\":{\"a\":[1]},\"other\":2},\"what\":[{}],\"age\":{\"a\":1},\"inside\":{\"a\":1},"
                        + "\"words\":[\"a\",7,\"b\",\"c\"],\"name\":\"it\"}");
        assertThat(thing.wrong)
                .containsExactly(
                        "invalid_field size: size must be a whole number from 1 to 9",
                        "invalid_field box.size: box.size is not a number",
                        "unknown_field what: This field is not known; known are name, size, box, words, inside, age",
                        "invalid_field age: age is not supported by things",
                        "unknown_field inside.a: This field is not known; known are name",
                        "invalid_field words: words is not an array of strings");
        assertThat(thing.name).isEqualTo("it");
        assertThat(thing.words).containsExactly("a", "b");
    }

    @Test
    void null_and_unset_values_are_as_good_as_absent_where_that_is_declared() throws IOException {
        assertThat(read(STRICT, "{\"size\":null,\"age\":0,\"inside\":null,\"box\":{\"size\":9.0}}").wrong)
                .isEmpty();
        assertThat(read(STRICT, "{\"words\":null,\"name\":1}").wrong)
                .containsExactly(
                        "invalid_field words: words is not an array", "invalid_field name: name is not a string");
        assertThat(read(STRICT, "{\"words\":[\"a\",\"b\",\"c\"]}").wrong)
                .containsExactly("invalid_field words: words must not be more than 2");
    }

    @Test
    void a_part_of_the_fields_knows_only_those() throws IOException {
        assertThat(read(STRICT.only("name"), "{\"size\":1}").wrong)
                .containsExactly("unknown_field size: This field is not known; known are name");
        assertThat(read(INNER.copy().field("age", (thing, in) -> {}), "{\"name\":1,\"size\":2}").size)
                .isEqualTo(2);
    }

    @Test
    void what_is_not_one_object_is_not_read() {
        for (String body : List.of("", "[]", "null", "{", "{}{}")) {
            assertThatThrownBy(() -> read(STRICT, body)).as(body).isInstanceOf(IOException.class);
        }
    }
}
