package io.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadContentTest {

    private static byte[] json(String singleQuoted) {
        return singleQuoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'order':{'id':'a7'}}   | /order/id | a7",
                "{'order':{'id':17}}     | /order/id | 17",
                "{'order':{'id':true}}   | /order/id | true",
                "{'order':{'id':null}}   | /order/id |",
                "{'order':{'id':{}}}     | /order/id |",
                "{'order':{'id':[1]}}    | /order/id |",
                "{'order':7}             | /order/id |",
                "{}                      | /order/id |",
                "[1]                     | /order/id |",
                "7                       | /order/id |",
                "['x','y']               | /1        | y",
                "{'a/b':1}               | /a~1b     | 1",
            })
    void a_scalar_is_found_at_its_place(String payload, String pointer, String expected) {
        assertThat(PayloadContent.textAt(json(payload), JsonPointer.compile(pointer)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':1,'b':2}     | {'b':2,'a':1}",
                "{'a':[1,2]}       | { 'a' : [ 1 , 2 ] }",
                "1                 | 1.0",
                "100               | 1e2",
                "0                 | -0.00",
                "'é'               | '\\u00e9'",
                "{'a':{'x':1,'y':null}} | {'a':{'y':null,'x':1}}",
            })
    void the_same_content_has_one_hash(String one, String other) {
        assertThat(PayloadContent.hash("#u1", json(one))).isEqualTo(PayloadContent.hash("#u1", json(other)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1,2]        | [2,1]",
                "1            | '1'",
                "null         | 'null'",
                "true         | 'true'",
                "[]           | {}",
                "['a','b']    | ['ab','']",
                "[[1],2]      | [[1,2]]",
                "{'a':1}      | {'a':10}",
                "1            | -1",
                "0.1          | 0.01",
            })
    void other_content_has_another_hash(String one, String other) {
        assertThat(PayloadContent.hash("#u1", json(one))).isNotEqualTo(PayloadContent.hash("#u1", json(other)));
    }

    @Test
    void bytes_never_have_the_hash_of_a_json_value() {
        assertThat(PayloadContent.hashBytes("#u1", json("1"))).isNotEqualTo(PayloadContent.hash("#u1", json("1")));
        assertThat(PayloadContent.hashBytes("#u1", json("1"))).isEqualTo(PayloadContent.hashBytes("#u1", json("1")));
        assertThat(PayloadContent.hashBytes("#u1", json("1"))).isNotEqualTo(PayloadContent.hashBytes("#u1", json("2")));
        assertThat(PayloadContent.hashBytes("#u1", json("1"))).isNotEqualTo(PayloadContent.hashBytes("#u2", json("1")));
    }

    @Test
    void the_name_counts() {
        assertThat(PayloadContent.hash("#u1", json("1"))).isNotEqualTo(PayloadContent.hash("#u2", json("1")));
        assertThat(PayloadContent.hash("#u1", json("1"))).matches("[0-9a-f]{64}");
    }
}
