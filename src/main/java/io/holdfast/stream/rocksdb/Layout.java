package io.holdfast.stream.rocksdb;

import io.holdfast.stream.FinalState;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Version;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values as they lie in the store. Numbers are big-endian, so that keys sort by them.
 *
 * <pre>
 * messages  stream number 8, offset 8              size 4, published 8, expires 8, id (2+n), tag count 2, tags (4+n each), publisher (4+n each), payload
 * ids       stream number 8, message id            offset 8, published 8, CRC-32C of the payload 4, final state 1, final at 8
 * expiry    time 8, stream number 8, offset 8      what 1, message id; or where confirmed publications are to be looked at:
 *           its offset has the highest bit         what 1, offset up to which the recovery window has passed by then 8
 * meta      'M', stream number 8                   epoch 8, top 8, first 8, lost up to 8, confirmed up to 8, used at 8, name
 *           'N', name                              stream number 8
 *           'V', stream number 8                   version 8, offset of its publication 8, generation 8, epoch of the version
 * cursors   stream number 8, device                offset 8, seen at 8, generation 8 (absent: 0)
 *           stream number 8, "\0given-up " and the offset   offset 8, 0 8, generation 8: nobody has confirmed what a device gave up
 * records   key                                    value; both UTF-8
 * default   "state" | "next" | "newest" | "seed" | "window" | "waiting"   see {@link StoreState}
 * </pre>
 *
 * A message has its publisher (client, connection, two infos; length -1 for an info that is absent) only if the highest bit
 * of its tag count says so: in stores of versions without publishers it never does.
 *
 * <p>A stream's number stands for its name in keys: short, and never given twice.
 */
final class Layout {

    /** A kind of entry in the expiry family: a message expires. */
    static final byte EXPIRE = 'E';
    /** A kind of entry in the expiry family: a message's id may be forgotten. */
    static final byte FORGET = 'F';
    /** A kind of entry in the expiry family: check whether a stream is unused. */
    static final byte LOOK_AT_STREAM = 'S';

    /** A kind of entry in the expiry family: check which confirmed publications are settled. It may be added more than once. */
    static final byte LOOK_AT_CONFIRMED = 'C';

    /** The same, for what devices have given up: in a key of its own. */
    static final long GIVEN_UP = -1;

    /** In the offset of such a look: no publication's key is like it. */
    static final long CONFIRMED = Long.MIN_VALUE;

    /** In the tag count of a message: a client published it, and is named behind the tags. */
    static final int BY_CLIENT = 0x8000;

    static final int PUBLISHER_FIELDS = 4;

    /** The length that stands for an absent value. */
    static final int ABSENT = -1;

    static final int MESSAGE_HEAD = 4 + 8 + 8;
    static final int ID_VALUE = 8 + 8 + 4 + 1 + 8;
    static final int META_HEAD = 6 * 8;
    static final int VERSION_HEAD = 3 * 8;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final FinalState[] STATES = FinalState.values();

    private Layout() {}

    /** The value that is stored for a message id; {@code state} is null while there is no final state. */
    record IdRecord(
            long offset,
            long publishedAtMillis,
            int checksum,
            @Nullable FinalState state,
            long finalAtMillis) {
        IdRecord ended(@Nullable FinalState end, long atMillis) {
            return new IdRecord(offset, publishedAtMillis, checksum, end, atMillis);
        }
    }

    /**
     * The last version of a stream, and the publication that has it.
     *
     * @param generation of the store when it was stored
     */
    record VersionRecord(Version version, long offset, long generation) {
        byte[] value() {
            byte[] epoch = utf8(version.epoch());
            return ByteBuffer.allocate(VERSION_HEAD + epoch.length)
                    .putLong(version.number())
                    .putLong(offset)
                    .putLong(generation)
                    .put(epoch)
                    .array();
        }
    }

    /** A stream's stored meta. */
    record Meta(long epoch, long top, long first, long lostUpTo, long confirmedUpTo, long usedMillis, String name) {}

    static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static void longAt(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }

    static int intAt(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static void intAt(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** A stream's number, with which its keys begin. */
    static final int NUMBER_BYTES = 8;

    static byte[] key(long first) {
        byte[] key = new byte[8];
        longAt(key, 0, first);
        return key;
    }

    static byte[] key(long first, long second) {
        byte[] key = new byte[16];
        longAt(key, 0, first);
        longAt(key, 8, second);
        return key;
    }

    static byte[] key(long number, byte[] name) {
        byte[] key = new byte[8 + name.length];
        longAt(key, 0, number);
        System.arraycopy(name, 0, key, 8, name.length);
        return key;
    }

    /** Among the cursors, so that older versions can read it: as a device that holds nothing back. */
    static byte[] givenUpKey(long number, long offset) {
        return key(number, utf8("\0given-up " + offset));
    }

    /** Whether a key of the cursors is not a device's: their names have no control characters. */
    static boolean isGivenUp(byte[] key) {
        return key.length > NUMBER_BYTES && key[NUMBER_BYTES] == 0;
    }

    static byte[] metaKey(long number) {
        return key('M', number);
    }

    static byte[] versionKey(long number) {
        return key('V', number);
    }

    private static byte[] key(char kind, long number) {
        byte[] key = new byte[9];
        key[0] = (byte) kind;
        longAt(key, 1, number);
        return key;
    }

    static byte[] nameKey(byte[] name) {
        byte[] key = new byte[1 + name.length];
        key[0] = 'N';
        System.arraycopy(name, 0, key, 1, name.length);
        return key;
    }

    static byte code(@Nullable FinalState state) {
        return (byte) (state == null ? 0 : 1 + state.ordinal());
    }

    static IdRecord idRecord(byte[] value) {
        byte code = value[20];
        return new IdRecord(
                longAt(value, 0),
                longAt(value, 8),
                intAt(value, 16),
                code == 0 ? null : STATES[code - 1],
                longAt(value, 21));
    }

    static Meta meta(byte[] value) {
        return new Meta(
                longAt(value, 0),
                longAt(value, 8),
                longAt(value, 16),
                longAt(value, 24),
                longAt(value, 32),
                longAt(value, 40),
                text(value, META_HEAD, value.length));
    }

    static VersionRecord versionRecord(byte[] value) {
        Version version = new Version(longAt(value, 0), text(value, VERSION_HEAD, value.length));
        return new VersionRecord(version, longAt(value, 8), longAt(value, 16));
    }

    /** When a stored message expires. */
    static long expiresAtMillis(byte[] value) {
        return longAt(value, 12);
    }

    /** The id within a stored message. */
    static String messageId(byte[] value) {
        int length = ((value[MESSAGE_HEAD] & 0xff) << 8) | (value[MESSAGE_HEAD + 1] & 0xff);
        return text(value, MESSAGE_HEAD + 2, MESSAGE_HEAD + 2 + length);
    }

    static Publication publication(long offset, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        in.getInt();
        long publishedAt = in.getLong();
        long expiresAt = in.getLong();
        String id = next(in, in.getShort() & 0xffff);
        int counted = in.getShort() & 0xffff;
        int tagCount = counted & ~BY_CLIENT;
        Map<String, String> tags = tagCount == 0 ? Map.of() : new HashMap<>();
        for (int i = 0; i < tagCount; i++) {
            tags.put(next(in, in.getInt()), next(in, in.getInt()));
        }
        Publisher publisher = (counted & BY_CLIENT) == 0 ? null : publisher(in);
        byte[] payload = Arrays.copyOfRange(value, in.position(), value.length);
        return new Publication(offset, id, payload, tags, publishedAt, expiresAt, publisher);
    }

    private static Publisher publisher(ByteBuffer in) {
        return new Publisher(next(in, in.getInt()), next(in, in.getInt()), nextIfAny(in), nextIfAny(in));
    }

    private static byte @Nullable [] nextIfAny(ByteBuffer in) {
        int length = in.getInt();
        if (length == ABSENT) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String next(ByteBuffer in, int length) {
        String text = text(in.array(), in.position(), in.position() + length);
        in.position(in.position() + length);
        return text;
    }
}
