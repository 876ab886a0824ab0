package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Throws mutated frames at the codec. Repeat a failure with {@code -Dholdfast.seed=…}. */
class JsonDecodingFuzzTest {

    private static final int FRAMES = 100_000;
    private static final List<String> SOUND = List.of(
            "{\"id\":1,\"connect\":{\"token\":\"a.b.c\",\"name\":\"js\",\"data\":{\"device\":\"till-3\",\"acks\":\"explicit\",\"outbox\":false},"
                    + "\"subs\":{\"#u42\":{\"recover\":true,\"epoch\":\"x1\",\"offset\":17}}}}\n{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}",
            "{\"id\":2,\"subscribe\":{\"channel\":\"orders:7\",\"token\":\"t\",\"recover\":true,\"epoch\":\"e\",\"offset\":3,\"flag\":1,\"delta\":\"fossil\"}}",
            "{\"id\":3,\"publish\":{\"channel\":\"Grüße 😀\",\"data\":{\"a\":[1,2.5e-3,null,true],\"b\":\"\\ud83d\\ude00 \\u0000\"}}}\n{}",
            "{\"id\":4,\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"a\",\"data\":1,\"id\":\"m1\",\"ttl\":1.5,\"tags\":{\"a\":\"b\"}}}}",
            "{\"send\":{\"data\":{\"ack\":{\"channel\":\"#u42\",\"epoch\":\"x1\",\"offset\":19}}}}",
            "{\"id\":5,\"history\":{\"channel\":\"a\",\"limit\":10,\"since\":{\"epoch\":\"e\",\"offset\":4},\"reverse\":true}}",
            "{\"id\":6,\"refresh\":{\"token\":\"t\"}}\n{\"id\":7,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t\"}}\n{\"id\":8,\"ping\":{}}");
    private static final String[] SPLINTERS = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ":",
        ",",
        "\n",
        "\r",
        "\u0000",
        "\ud800",
        "\udc00",
        "\\ud800",
        "-",
        "1e999999999",
        "null",
        "9223372036854775808",
        "\uFEFF",
        "\u2028",
        "\"id\":1,",
        "\"connect\":{",
        "\"data\":",
        "[[[[[[[[",
        "/*",
        "NaN",
        " ",
        "é",
        "1e99999999999999",
        "e+",
        "0"
    };

    private final JsonCodec codec = new JsonCodec();

    @Test
    void a_mutated_frame_is_read_or_malformed_and_nothing_else() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("JsonDecodingFuzzTest: -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < FRAMES; i++) {
            String frame = mutate(SOUND.get(random.nextInt(SOUND.size())), random);
            try {
                List<Command> commands = i % 2 == 0 ? codec.decode(frame) : codec.decode(scramble(frame, random));
                assertThat(commands).isNotEmpty();
                commands.forEach(PayloadUse::of);
                read++;
            } catch (MalformedFrameException expected) {
                // as it should
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed %d, frame %d: %s".formatted(seed, i, frame), e);
            }
        }
        assertThat(read).as("mutants that are still frames").isBetween(FRAMES / 100, FRAMES - FRAMES / 10);
    }

    @Test
    void garbage_of_64_kib_is_malformed_and_nothing_else() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("JsonDecodingFuzzTest: -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            byte[] garbage = new byte[64 * 1024];
            random.nextBytes(garbage);
            if (i % 3 == 1) {
                Arrays.fill(garbage, (byte) "{[\"0\\ \u0000".charAt(random.nextInt(7)));
            }
            String text = new String(garbage, i % 2 == 0 ? UTF_8 : UTF_16);
            assertThatThrownBy(() -> codec.decode(garbage)).isExactlyInstanceOf(MalformedFrameException.class);
            assertThatThrownBy(() -> codec.decode(text)).isExactlyInstanceOf(MalformedFrameException.class);
        }
    }

    private static String mutate(String sound, Random random) {
        StringBuilder frame = new StringBuilder(sound);
        for (int cuts = random.nextInt(4); cuts > 0 && frame.length() > 0; cuts--) {
            int at = random.nextInt(frame.length());
            switch (random.nextInt(5)) {
                case 0 -> frame.insert(at, SPLINTERS[random.nextInt(SPLINTERS.length)]);
                case 1 -> frame.delete(at, Math.min(frame.length(), at + 1 + random.nextInt(4)));
                case 2 -> frame.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
                case 3 -> frame.setLength(at);
                default -> frame.insert(at, sound, random.nextInt(sound.length()), sound.length());
            }
        }
        return frame.toString();
    }

    private static byte[] scramble(String frame, Random random) {
        byte[] bytes = frame.getBytes(UTF_8);
        if (bytes.length > 0 && random.nextInt(4) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
