package io.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Throws mutated frames at the codec. Repeat a failure with {@code -Dholdfast.seed=…}. */
class ProtobufDecodingFuzzTest {

    private static final int FRAMES = 100_000;

    /** Lengths and numbers that go too far, groups, and tags that nobody knows. */
    private static final List<byte[]> SPLINTERS = List.of(
            new byte[] {0},
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07},
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
            new byte[] {0x0B, 0x0B, 0x0B},
            new byte[] {0x0C},
            new byte[] {0x1A, 0x00, 0x1A, 0x00, 0x1A, 0x00},
            new byte[] {(byte) 0xA0, 0x01},
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0xBD});

    private final ProtobufCodec codec = new ProtobufCodec();

    @Test
    void a_mutated_frame_is_read_or_malformed_and_nothing_else() throws IOException {
        long seed = seed();
        Random random = new Random(seed);
        AnyMessage any = new AnyMessage(random);
        int read = 0;
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = mutate(sound(any, random), random);
            try {
                List<Command> commands = codec.decode(frame);
                assertThat(commands).isNotEmpty();
                commands.forEach(PayloadUse::ofProtobuf);
                read++;
            } catch (MalformedFrameException expected) {
                // as it should
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("seed %d, frame %d: %s".formatted(seed, i, HexFormat.of().formatHex(frame)), e);
            }
        }
        assertThat(read).as("mutants that are still frames").isBetween(FRAMES / 100, FRAMES - FRAMES / 10);
    }

    @Test
    void garbage_of_64_kib_is_malformed_and_nothing_else() {
        Random random = new Random(seed());
        for (int i = 0; i < 60; i++) {
            byte[] garbage = new byte[64 * 1024];
            random.nextBytes(garbage);
            if (i % 3 == 1) {
                Arrays.fill(garbage, (byte) (1 + random.nextInt(255)));
            }
            assertThatThrownBy(() -> codec.decode(garbage)).isExactlyInstanceOf(MalformedFrameException.class);
        }
    }

    private static byte[] sound(AnyMessage any, Random random) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (int left = 1 + random.nextInt(2); left > 0; left--) {
            Schema.command(any.id(), any.request()).writeDelimitedTo(frame);
        }
        return frame.toByteArray();
    }

    private static byte[] mutate(byte[] sound, Random random) {
        byte[] frame = sound;
        for (int cuts = 1 + random.nextInt(3); cuts > 0 && frame.length > 0; cuts--) {
            int at = random.nextInt(frame.length);
            switch (random.nextInt(5)) {
                case 0 -> frame = spliced(frame, at, 0, SPLINTERS.get(random.nextInt(SPLINTERS.size())));
                case 1 -> frame = spliced(frame, at, Math.min(frame.length - at, 1 + random.nextInt(4)), new byte[0]);
                case 2 -> frame = spliced(frame, at, 1, new byte[] {(byte) random.nextInt(256)});
                case 3 -> frame = Arrays.copyOf(frame, at);
                default -> frame = spliced(frame, at, 0, Arrays.copyOfRange(sound, 0, random.nextInt(sound.length)));
            }
        }
        return frame;
    }

    private static byte[] spliced(byte[] frame, int at, int removed, byte[] inserted) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(frame.length + inserted.length);
        out.write(frame, 0, at);
        out.writeBytes(inserted);
        out.write(frame, at + removed, frame.length - at - removed);
        return out.toByteArray();
    }

    private static long seed() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("ProtobufDecodingFuzzTest: -Dholdfast.seed=" + seed);
        return seed;
    }
}
