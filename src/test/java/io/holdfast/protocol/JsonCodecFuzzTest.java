package io.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.holdfast.fuzz.Allocation;
import io.holdfast.json.JsonInput;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Any bytes as a frame of JSON. Guided by coverage, where {@link JsonDecodingFuzzTest} mutates by chance. */
class JsonCodecFuzzTest {
    private static final JsonCodec CODEC = new JsonCodec();
    private static final Allocation ALLOCATION = new Allocation(64 << 10, 100);

    @FuzzTest(maxDuration = "30m", maxExecutions = 1_500_000)
    @DictionaryEntries({
        "\"id\":1",
        "\"connect\":{",
        "\"subscribe\":{",
        "\"publish\":{",
        "\"rpc\":{",
        "\"send\":{",
        "\"history\":{",
        "\"refresh\":{",
        "\"sub_refresh\":{",
        "\"presence\":{",
        "\"presence_stats\":{",
        "\"unsubscribe\":{",
        "\"ping\":{",
        "\"token\":\"",
        "\"channel\":\"",
        "\"data\":",
        "\"subs\":{",
        "\"recover\":true",
        "\"epoch\":\"",
        "\"offset\":1",
        "\"since\":{",
        "\"limit\":1",
        "\"reverse\":true",
        "\"method\":\"",
        "\"name\":\"",
        "\\ud800",
        "\\u0000",
        "1e999999999",
        "9223372036854775808",
        "null",
        "}\\x0a{"
    })
    void a_frame_is_read_or_malformed(byte[] frame) {
        ALLOCATION.bounds(frame.length, () -> decoded(frame));
        List<Command> commands = decoded(frame);
        if (commands != null) {
            assertThat(commands).isNotEmpty();
            commands.forEach(PayloadUse::of);
        }
        assertThat(Objects.equals(ids(decodedText(frame)), ids(commands)))
                .as("the same as a text frame")
                .isTrue();
    }

    private static @Nullable List<Command> decoded(byte[] frame) {
        try {
            return CODEC.decode(frame);
        } catch (MalformedFrameException expected) {
            return null;
        }
    }

    /** What is not UTF-8 never becomes a text frame. */
    private static @Nullable List<Command> decodedText(byte[] frame) {
        try {
            return CODEC.decode(JsonInput.utf8(frame));
        } catch (CharacterCodingException | MalformedFrameException expected) {
            return null;
        }
    }

    private static @Nullable List<Integer> ids(@Nullable List<Command> commands) {
        return commands == null ? null : commands.stream().map(Command::id).toList();
    }
}
