package io.holdfast.protocol.fossil;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a decoder written from the description of the format; the stock SDK's decoder reads deltas in delta.test.js. */
class FossilDeltaTest {
    private static final String ROW = "{\"id\":17,\"name\":\"Zürich Hauptbahnhof\",\"state\":\"open\",\"price\":1250}";

    @Test
    void what_is_the_same_is_copied_and_the_rest_is_new() {
        byte[] source = ROW.getBytes(UTF_8);
        byte[] target = ROW.replace("open", "closed").getBytes(UTF_8);
        byte[] delta = FossilDelta.of(source, target);
        assertThat(new String(delta, UTF_8)).contains(":closed").endsWith(";");
        assertThat(DeltaReader.apply(source, delta)).isEqualTo(target);
        assertThat(delta.length).isLessThan(40);
    }

    @Test
    void a_delta_of_known_bytes_is_as_the_format_says() {
        // 16 = G in base 64; copy 16 from 0; insert 1; the sum of 0x61626364 * 2 + 0x65666768 * 2 + 0x21000000
        byte[] source = "abcdefghabcdefgh".getBytes(UTF_8);
        byte[] target = "abcdefghabcdefghabcdefghabcdefgh!".getBytes(UTF_8);
        int sum = (int) (4 * (0x61626364L + 0x65666768L) + 0x21000000L);
        assertThat(new String(FossilDelta.of(source, target), UTF_8)).isEqualTo("X\nG@0,G@0,1:!" + base64(sum) + ";");
    }

    private static String base64(int number) {
        String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
        StringBuilder text = new StringBuilder();
        for (long left = Integer.toUnsignedLong(number); left > 0; left /= 64) {
            text.insert(0, digits.charAt((int) (left % 64)));
        }
        return text.toString();
    }

    @Test
    void bytes_that_have_nothing_in_common_have_no_delta() {
        byte[] source = new byte[200];
        byte[] target = new byte[200];
        new Random(1).nextBytes(source);
        new Random(2).nextBytes(target);
        assertThat(FossilDelta.of(source, target)).isNull();
        assertThat(FossilDelta.of(new byte[0], target)).isNull();
        assertThat(FossilDelta.of(source, new byte[0])).isNull();
        assertThat(FossilDelta.of("1".getBytes(UTF_8), "1".getBytes(UTF_8))).isNull();
    }

    @Test
    void whatever_is_changed_the_target_comes_out_and_text_stays_text() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int shorter = 0;
        for (int round = 0; round < 3_000; round++) {
            boolean text = random.nextBoolean();
            byte[] source = text ? text(random, random.nextInt(600)) : bytes(random, random.nextInt(600));
            byte[] target = edited(source, text, random);
            byte[] delta = FossilDelta.of(source, target);
            if (delta == null) {
                continue;
            }
            shorter++;
            assertThat(delta.length).isLessThan(target.length);
            assertThat(DeltaReader.apply(source, delta))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(target);
            if (text) {
                assertThatCode(() -> UTF_8.newDecoder().decode(ByteBuffer.wrap(delta)))
                        .as("seed %d, round %d", seed, round)
                        .doesNotThrowAnyException();
            }
        }
        assertThat(shorter).isGreaterThan(1_000);
    }

    @Test
    @Timeout(10)
    void bytes_that_look_alike_everywhere_take_no_longer() {
        byte[] source = new byte[60_000];
        byte[] target = new byte[60_000];
        for (int i = 0; i < source.length; i++) {
            source[i] = (byte) (i % 9 == 0 ? 'a' : 'b');
            target[i] = (byte) (i % 10 == 0 ? 'a' : 'b');
        }
        long start = System.nanoTime();
        byte[] delta = FossilDelta.of(source, target);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        if (delta != null) {
            assertThat(DeltaReader.apply(source, delta)).isEqualTo(target);
        }
    }

    private static byte[] text(Random random, int characters) {
        String letters = "abc {}\":,äöüĤŶǤ€漢字😀";
        int[] points = letters.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString().getBytes(UTF_8);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Some pieces of the source in their order or not, and between them new ones. */
    private static byte[] edited(byte[] source, boolean text, Random random) {
        if (text) {
            int[] points = new String(source, UTF_8).codePoints().toArray();
            StringBuilder edited = new StringBuilder();
            for (int pieces = random.nextInt(6); pieces > 0 && points.length > 0; pieces--) {
                int from = random.nextInt(points.length);
                edited.append(new String(points, from, random.nextInt(points.length - from)));
                edited.append(new String(text(random, random.nextInt(9)), UTF_8));
            }
            return edited.toString().getBytes(UTF_8);
        }
        ByteArrayOutputStream edited = new ByteArrayOutputStream();
        for (int pieces = random.nextInt(6); pieces > 0 && source.length > 0; pieces--) {
            int from = random.nextInt(source.length);
            edited.write(source, from, random.nextInt(source.length - from));
            edited.writeBytes(bytes(random, random.nextInt(9)));
        }
        return edited.toByteArray();
    }
}
