package io.holdfast.protocol.fossil;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads deltas, as a client does. Written from the description of the format. */
public final class DeltaReader {
    private DeltaReader() {}

    /** Carries a delta out. @throws AssertionError if it is not one, or for another source */
    public static byte[] apply(byte[] source, byte[] delta) {
        DeltaInput in = new DeltaInput(delta);
        int size = in.number('\n');
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        while (true) {
            int number = in.number();
            switch (in.next()) {
                case '@' -> target.write(source, in.number(','), number);
                case ':' -> target.writeBytes(in.take(number));
                case ';' -> {
                    assertThat(target.size()).isEqualTo(size);
                    byte[] words = Arrays.copyOf(target.toByteArray(), (size + 3) / 4 * 4);
                    int sum = 0;
                    for (ByteBuffer left = ByteBuffer.wrap(words); left.hasRemaining(); ) {
                        sum += left.getInt();
                    }
                    assertThat(number).as("checksum").isEqualTo(sum);
                    return target.toByteArray();
                }
                default -> throw new AssertionError("not a delta");
            }
        }
    }

    private static final class DeltaInput {
        private final ByteBuffer left;

        DeltaInput(byte[] delta) {
            left = ByteBuffer.wrap(delta);
        }

        int number() {
            int number = 0;
            while (true) {
                int digit = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
                        .indexOf(left.get(left.position()));
                if (digit < 0) {
                    return number;
                }
                left.get();
                number = number * 64 + digit;
            }
        }

        int number(char end) {
            int number = number();
            assertThat((char) next()).isEqualTo(end);
            return number;
        }

        byte next() {
            return left.get();
        }

        byte[] take(int count) {
            byte[] taken = new byte[count];
            left.get(taken);
            return taken;
        }
    }
}
