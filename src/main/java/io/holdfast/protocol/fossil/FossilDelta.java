package io.holdfast.protocol.fossil;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how bytes become other bytes, in Fossil's delta format: the length of the target; then pieces, each either copied from the
 * source or new; then a checksum of the target.
 *
 * <p>Blocks of the source are found again by a table of their contents, and a block found is extended in both directions. The time is
 * bounded, whatever the bytes are: of the blocks that look alike only some are tried.
 *
 * <p>Where source and target are UTF-8, the delta is UTF-8 too: no piece begins or ends within a character.
 */
public final class FossilDelta {
    private static final VarHandle BLOCKS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = Long.BYTES;

    /** From one block in the table to the next. Any run of {@code BLOCK + STEP - 1} bytes that both have contains one. */
    private static final int STEP = 4;

    private static final int MOST_TRIED = 24;
    private static final int MOST_BYTES_OF_CHARACTER = 4;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final int NONE = -1;

    private final byte[] source;
    private final byte[] target;
    private final int shift;

    /** The newest block with a hash, by its number; and for each block the one before it with the same hash. */
    private final int[] newest;

    private final int[] before;

    /** The longest run found for a place of the target: where it begins in both, and its length. */
    private int sourceStart;

    private int targetStart;
    private int length;

    private FossilDelta(byte[] source, byte[] target) {
        this.source = source;
        this.target = target;
        int blocks = (source.length - BLOCK) / STEP + 1;
        int bits = Math.max(4, Integer.SIZE - Integer.numberOfLeadingZeros(blocks));
        this.shift = Long.SIZE - bits;
        this.newest = new int[1 << bits];
        this.before = new int[blocks];
        Arrays.fill(newest, NONE);
        for (int block = 0; block < blocks; block++) {
            int hash = hash((long) BLOCKS.get(source, block * STEP));
            before[block] = newest[hash];
            newest[hash] = block;
        }
    }

    /** @return null if it would not be shorter than the target */
    public static byte @Nullable [] of(byte[] source, byte[] target) {
        if (source.length < BLOCK || target.length <= BLOCK) {
            return null;
        }
        return new FossilDelta(source, target).write(new DeltaOutput(target.length - 1));
    }

    private byte @Nullable [] write(DeltaOutput out) {
        out.number(target.length).put('\n');
        int written = 0; // of the target
        int at = 0;
        while (at + BLOCK <= target.length && !out.full()) {
            find(at, written);
            if (length <= DeltaOutput.mostBytesOfCopy(length, sourceStart)) {
                at++;
                continue;
            }
            out.insert(target, written, targetStart).copy(length, sourceStart);
            written = targetStart + length;
            at = Math.max(at + 1, written);
        }
        return out.insert(target, written, target.length).checksum(target).toBytes();
    }

    /** Finds the longest run that contains the block at a place of the target. @param from where the run may begin */
    private void find(int at, int from) {
        length = 0;
        long wanted = (long) BLOCKS.get(target, at);
        int block = newest[hash(wanted)];
        for (int tried = 0; block != NONE && tried < MOST_TRIED; tried++) {
            int place = block * STEP;
            if ((long) BLOCKS.get(source, place) == wanted) {
                extend(place, at, from);
            }
            block = before[block];
        }
    }

    private void extend(int place, int at, int from) {
        int most = Math.min(at - from, place);
        int back = 0;
        while (back < most && source[place - back - 1] == target[at - back - 1]) {
            back++;
        }
        int end = at + BLOCK;
        int shiftToSource = place - at;
        while (end < target.length
                && end + shiftToSource < source.length
                && source[end + shiftToSource] == target[end]) {
            end++;
        }
        int start = nextCharacter(at - back);
        int last = thisCharacter(end);
        if (last - start > length) {
            length = last - start;
            targetStart = start;
            sourceStart = start + shiftToSource;
        }
    }

    /** The nearest place from here on where no character of the target goes on; the place itself if the target is not UTF-8. */
    private int nextCharacter(int place) {
        for (int i = place; i < target.length && i < place + MOST_BYTES_OF_CHARACTER; i++) {
            if (!goesOn(i)) {
                return i;
            }
        }
        return place;
    }

    /** The same backwards. */
    private int thisCharacter(int place) {
        for (int i = place; i >= 0 && i > place - MOST_BYTES_OF_CHARACTER; i--) {
            if (!goesOn(i)) {
                return i;
            }
        }
        return place;
    }

    /** Whether the byte at a place of the target can only be in the middle of a character. */
    private boolean goesOn(int place) {
        return place < target.length && (target[place] & 0xC0) == 0x80;
    }

    private int hash(long block) {
        return (int) (block * SPREAD >>> shift);
    }
}
