package io.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.holdfast.fuzz.Allocation;
import io.holdfast.json.JsonInput;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any bytes as a payload: compacted without a change of meaning, then read by everybody who reads payloads. */
class PayloadFuzzTest {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Allocation COMPACTING = new Allocation(64 << 10, 100);

    /** With what the assertions themselves take. */
    private static final Allocation READING = new Allocation(512 << 10, 400);

    @FuzzTest(maxDuration = "30m", maxExecutions = 1_500_000)
    @DictionaryEntries({
        "\"ack\":{",
        "\"channel\":\"a\"",
        "\"epoch\":\"e\"",
        "\"offset\":1",
        "\"device\":\"d\"",
        "\"client\":\"c\"",
        "\"acks\":\"explicit\"",
        "\"acks\":\"auto\"",
        "\"outbox\":false",
        "\"data\":",
        "\"id\":\"m\"",
        "\"ttl\":1.5",
        "\"tags\":{\"a\":\"b\"}",
        "\"critical\":false",
        "\\ud83d\\ude00",
        "\\ud800",
        "1e999999999",
        "null",
        "\\x0a"
    })
    void a_payload_is_compacted_and_read_or_malformed(byte[] payload) throws IOException {
        byte[] before = payload.clone();
        COMPACTING.bounds(payload.length, () -> compact(payload));
        byte[] compact = compact(payload);
        assertThat(Arrays.equals(payload, before))
                .as("the argument is as it was")
                .isTrue();
        if (compact == null) {
            return;
        }
        assertThat(compact.length).isLessThanOrEqualTo(payload.length);
        if (compact != payload) {
            assertThat(tokens(compact).equals(tokens(payload)))
                    .as("the same tokens")
                    .isTrue();
        }
        READING.bounds(payload.length, () -> PayloadUse.of(compact));
    }

    private static byte @Nullable [] compact(byte[] payload) {
        try {
            return RawJson.compact(payload);
        } catch (MalformedJsonException expected) {
            return null;
        }
    }

    /** Names, strings and numbers to the letter. */
    private static List<String> tokens(byte[] json) throws IOException {
        List<String> tokens = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(JsonInput.utf8(json))) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                tokens.add(token + parser.getText());
            }
        }
        return tokens;
    }
}
