package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagFilterTest {
    private static final Codec JSON = new JsonCodec();

    private static TagFilter filter(String json) throws MalformedFrameException {
        String command = "{\"id\":1,\"subscribe\":{\"channel\":\"c\",\"tf\":" + json.replace('\'', '"') + "}}";
        SubscribeRequest request = subscribe(JSON.decode(command).get(0).request());
        return Objects.requireNonNull(request.filter());
    }

    private static SubscribeRequest subscribe(@Nullable Object request) {
        return (SubscribeRequest) Objects.requireNonNull(request);
    }

    @ParameterizedTest(name = "k {0} {1}: {2}")
    @CsvSource({
        "eq, 5, 5",
        "neq, 5, 5x|''|-",
        "sw, ab, ab|abc",
        "ew, ab, ab|xab",
        "ct, ab, ab|xabc",
        "lt, 10, 9|-1|9.999|+9",
        "lte, 10, 10|10.0|9",
        "gt, 10, 10.01|11|900000000000000000000",
        "gte, 10, 10|010",
        "ex, '', 5|''",
        "nex, '', -",
    })
    void one_tag_is_compared(String cmp, String val, String matching) throws Exception {
        TagFilter filter = filter("{'key':'k','cmp':'%s','val':'%s'}".formatted(cmp, val));
        filter.check();
        List<String> matches = List.of(matching.replace("''", "").split("\\|", -1));
        List<String> all = List.of(
                "5",
                "5x",
                "",
                "-",
                "ab",
                "abc",
                "xab",
                "xabc",
                "AB",
                "9",
                "-1",
                "9.999",
                "+9",
                "10",
                "10.0",
                "010",
                "10.01",
                "11",
                "900000000000000000000",
                "1e2",
                ".",
                "1.2.3",
                "--1");
        for (String tag : all) {
            Map<String, String> tags = tag.equals("-") ? Map.of("other", "5") : Map.of("k", tag);
            boolean expected = cmp.equals("neq")
                    ? !tag.equals("5")
                    : cmp.equals("ex") ? !tag.equals("-") : matches.contains(tag) || larger(cmp, tag);
            assertThat(filter.test(tags)).as("%s %s %s", tag, cmp, val).isEqualTo(expected);
        }
    }

    /** Those of all values that the rows do not list. */
    private static boolean larger(String cmp, String tag) {
        return switch (cmp) {
            case "gte" ->
                List.of("10", "10.0", "010", "10.01", "11", "900000000000000000000")
                        .contains(tag);
            case "lte" -> List.of("5", "9", "-1", "9.999", "+9", "10.0", "010").contains(tag);
            case "lt" -> List.of("5").contains(tag);
            case "sw", "ct" ->
                List.of("ab", "abc").contains(tag)
                        || (cmp.equals("ct") && List.of("xab", "xabc").contains(tag));
            default -> false;
        };
    }

    @Test
    void for_sets_a_missing_tag_is_an_empty_one() throws Exception {
        TagFilter in = filter("{'key':'k','cmp':'in','vals':['a','']}");
        TagFilter out = filter("{'key':'k','cmp':'nin','vals':['a','']}");
        for (TagFilter filter : List.of(in, out)) {
            filter.check();
            assertThat(filter.test(Map.of())).isEqualTo(filter == in);
            assertThat(filter.test(Map.of("k", "a"))).isEqualTo(filter == in);
            assertThat(filter.test(Map.of("k", "b"))).isEqualTo(filter == out);
        }
    }

    @Test
    void nodes_are_joined() throws Exception {
        String a = "{'key':'a','cmp':'ex'}";
        String b = "{'key':'b','cmp':'ex'}";
        Map<String, String> both = Map.of("a", "", "b", "");
        TagFilter and = filter("{'op':'and','nodes':[" + a + "," + b + "]}");
        TagFilter or = filter("{'op':'or','nodes':[" + a + "," + b + "]}");
        TagFilter not = filter("{'op':'not','nodes':[" + a + "]}");
        for (TagFilter filter : List.of(and, or, not)) {
            filter.check();
        }
        assertThat(List.of(and.test(both), or.test(both), not.test(both))).containsExactly(true, true, false);
        Map<String, String> one = Map.of("b", "");
        assertThat(List.of(and.test(one), or.test(one), not.test(one))).containsExactly(false, true, true);
        assertThat(filter("{'op':'not','nodes':[" + a + "]}")).isEqualTo(not).hasSameHashCodeAs(not);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'op':'xor','nodes':[{'key':'a','cmp':'ex'}]}",
                "{'op':'and'}",
                "{'op':'or','nodes':[]}",
                "{'op':'not','nodes':[{'key':'a','cmp':'ex'},{'key':'a','cmp':'ex'}]}",
                "{'op':'and','nodes':[{'key':'a','cmp':'like','val':'x'}]}",
                "{'key':'a','cmp':'eq'}",
                "{'cmp':'eq','val':'x'}",
                "{'key':'a','cmp':'in'}",
                "{'key':'a','cmp':'in','val':'x'}",
                "{'key':'a','cmp':'EQ','val':'x'}",
                "{'key':'a','cmp':'ex','nodes':[{'key':'a','cmp':'ex'}]}",
            })
    void what_is_no_filter_is_refused(String json) throws Exception {
        TagFilter filter = filter(json);
        assertThatThrownBy(filter::check).isInstanceOf(InvalidFieldException.class);
    }

    @Test
    void a_filter_has_at_most_a_hundred_parts() throws Exception {
        String leaf = "{'key':'a','cmp':'ex'}";
        assertThatCode(filter("{'op':'or','nodes':[" + String.join(",", Collections.nCopies(99, leaf)) + "]}")::check)
                .doesNotThrowAnyException();
        assertThatThrownBy(
                        filter("{'op':'or','nodes':[" + String.join(",", Collections.nCopies(100, leaf)) + "]}")::check)
                .isInstanceOf(InvalidFieldException.class);
        assertThatThrownBy(
                        filter("{'key':'a','cmp':'in','vals':[" + String.join(",", Collections.nCopies(100, "'x'"))
                                + "]}")::check)
                .isInstanceOf(InvalidFieldException.class);
    }

    /** A field of a message, with what it holds. */
    private static byte[] field(int number, byte[]... content) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : content) {
            all.writeBytes(part);
        }
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        field.write(number << 3 | 2);
        int length = all.size();
        for (; length > 127; length >>>= 7) {
            field.write(length & 127 | 128);
        }
        field.write(length);
        field.writeBytes(all.toByteArray());
        return field.toByteArray();
    }

    private static byte[] text(int number, String text) {
        return field(number, text.getBytes(UTF_8));
    }

    private static Command protobuf(byte[] filter) throws MalformedFrameException {
        byte[] command = field(1, new byte[] {8, 1}, field(5, text(1, "c"), filter));
        byte[] frame = Arrays.copyOfRange(command, 1, command.length); // the length before it is there
        return new ProtobufCodec().decode(frame).get(0);
    }

    @Test
    void in_protobuf_it_is_the_same() throws Exception {
        byte[] leaf = field(6, text(2, "k"), text(3, "in"), text(5, "a"), text(5, "b"));
        byte[] other = field(6, text(2, "n"), text(3, "gt"), text(4, "1"));
        SubscribeRequest request =
                subscribe(protobuf(field(13, text(1, "and"), leaf, other)).request());
        assertThat(request.filter())
                .isEqualTo(
                        filter(
                                "{'op':'and','nodes':[{'key':'k','cmp':'in','vals':['a','b']},{'key':'n','cmp':'gt','val':'1'}]}"));
    }

    @Test
    void a_filter_that_is_too_deep_is_malformed_and_costs_no_stack() {
        byte[] node = text(1, "not");
        for (int i = 0; i < 10_000; i++) {
            node = field(i == 9_999 ? 13 : 6, node);
        }
        byte[] deep = node;
        assertThatThrownBy(() -> protobuf(deep)).isInstanceOf(MalformedFrameException.class);
    }
}
