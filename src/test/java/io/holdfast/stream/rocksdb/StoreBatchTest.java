package io.holdfast.stream.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Retention;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** The batch that is encoded here is the one that RocksDB would encode, byte by byte. */
class StoreBatchTest {
    private static final Retention WIDE = new Retention(1, 1, Retention.Overflow.DROP_OLDEST);
    private static final int ROUNDS = 200;
    private static final int MOST = 40;

    @TempDir
    Path directory;

    private final List<ColumnFamilyHandle> handles = new ArrayList<>();
    private RocksDB db;
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @BeforeEach
    void open() throws RocksDBException {
        RocksDB.loadLibrary();
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        for (Family family : Family.values()) {
            families.add(new ColumnFamilyDescriptor(family.storedName()));
        }
        try (DBOptions options = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true)) {
            db = RocksDB.open(options, directory.toString(), families, handles);
        }
    }

    @AfterEach
    void close() {
        handles.forEach(ColumnFamilyHandle::close);
        db.close();
    }

    @Test
    void a_batch_is_the_one_that_rocksdb_would_encode() throws RocksDBException {
        StoreBatch ours = new StoreBatch(
                handles.stream().mapToInt(ColumnFamilyHandle::getID).toArray());
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(ours.next().earliestExpiryMillis()).isEqualTo(Long.MAX_VALUE);
            try (WriteBatch theirs = new WriteBatch()) {
                if (round == ROUNDS / 2) {
                    byte[] large = new byte[3 << 20];
                    ours.put(Family.RECORDS, large, large);
                    theirs.put(of(Family.RECORDS), large, large);
                    assertThat(ours.encoded()).as("a large one").isEqualTo(theirs.data());
                    ours.next();
                    theirs.clear();
                }
                int operations = random.nextInt(MOST);
                for (int i = 0; i < operations; i++) {
                    add(ours, theirs);
                }
                assertThat(ours.encoded()).as("seed %d, round %d", seed, round).isEqualTo(theirs.data());
                assertThat(ours.encodedBytes()).isEqualTo(theirs.data().length);
                assertThat(ours.isEmpty()).isEqualTo(operations == 0);
            }
        }
    }

    /** One operation of either kind, random in what it holds. */
    private void add(StoreBatch ours, WriteBatch theirs) throws RocksDBException {
        long number = number();
        long offset = number();
        byte[] name = text().getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(15)) {
            case 0 -> message(ours, theirs, number, offset);
            case 1 -> {
                ours.removeMessage(number, offset);
                theirs.singleDelete(
                        of(Family.MESSAGES),
                        bytes(16).putLong(number).putLong(offset).array());
            }
            case 2 -> id(ours, theirs, number, name);
            case 3 -> {
                ours.removeId(number, name);
                theirs.delete(of(Family.IDS), numberAnd(number, name));
            }
            case 4 -> {
                ours.putExpiry(offset, number, 7, Layout.EXPIRE, name);
                theirs.put(of(Family.EXPIRY), expiry(offset, number, 7), behind((byte) 'E', name));
            }
            case 5 -> {
                ours.putLookAtGivenUp(offset, number);
                theirs.put(of(Family.EXPIRY), expiry(offset, number, -1), behind((byte) 'C', longs(0)));
            }
            case 6 -> {
                ours.putLookAtConfirmed(offset, number, 9, 8);
                theirs.put(of(Family.EXPIRY), expiry(offset, number, Long.MIN_VALUE | 9), behind((byte) 'C', longs(8)));
            }
            case 7 -> {
                byte[] key = expiry(offset, number, 7);
                ours.removeExpiry(key, Layout.EXPIRE);
                theirs.singleDelete(of(Family.EXPIRY), key);
                ours.removeExpiry(key, Layout.LOOK_AT_CONFIRMED);
                theirs.delete(of(Family.EXPIRY), key);
            }
            case 8 -> {
                ours.putMeta(number, new Layout.Meta(1, offset, 3, 4, 5, 6, utf8(name)));
                theirs.put(of(Family.META), behind((byte) 'M', longs(number)), longsAnd(name, 1, offset, 3, 4, 5, 6));
            }
            case 9 -> {
                ours.putName(utf8(name), number);
                theirs.put(of(Family.META), behind((byte) 'N', name), longs(number));
            }
            case 10 -> {
                ours.removeStream(number, utf8(name));
                theirs.delete(of(Family.META), behind((byte) 'M', longs(number)));
                theirs.delete(of(Family.META), behind((byte) 'N', name));
                theirs.delete(of(Family.META), behind((byte) 'V', longs(number)));
            }
            case 11 -> {
                ours.putCursor(number, new DeviceCursor(utf8(name), offset, 5), 6);
                theirs.put(of(Family.CURSORS), numberAnd(number, name), longs(offset, 5, 6));
            }
            case 12 -> {
                ours.removeCursor(number, utf8(name));
                theirs.delete(of(Family.CURSORS), numberAnd(number, name));
            }
            case 13 -> {
                byte[] key = numberAnd(number, ("\0given-up " + offset).getBytes(StandardCharsets.UTF_8));
                ours.putGivenUp(number, offset, 6);
                theirs.put(of(Family.CURSORS), key, longs(offset, 0, 6));
                ours.removeGivenUp(number, offset);
                theirs.delete(of(Family.CURSORS), key);
            }
            default -> {
                ours.put(Family.STORE, name, longs(number));
                theirs.put(of(Family.STORE), name, longs(number));
                ours.remove(Family.STORE, name);
                theirs.delete(of(Family.STORE), name);
            }
        }
    }

    private void message(StoreBatch ours, WriteBatch theirs, long number, long offset) throws RocksDBException {
        byte[] id = text().getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(70_000) : random.nextInt(300)];
        random.nextBytes(payload);
        Map<String, String> tags = random.nextBoolean() ? Map.of() : Map.of(text(), text());
        Publisher publisher = random.nextBoolean()
                ? null
                : new Publisher(text(), text(), random.nextBoolean() ? null : payload, new byte[0]);
        Append append = new Append("s", utf8(id), payload, tags, 11, 12, 0, WIDE, publisher, null);
        int size = StoreBatch.storedSize(append, id);
        ByteBuffer value = bytes(200_000).putInt(size).putLong(11).putLong(12);
        value.putShort((short) id.length).put(id);
        value.putShort((short) (tags.size() | (publisher == null ? 0 : 0x8000)));
        tags.forEach((key, tag) -> {
            counted(value, key.getBytes(StandardCharsets.UTF_8));
            counted(value, tag.getBytes(StandardCharsets.UTF_8));
        });
        if (publisher != null) {
            counted(value, publisher.client().getBytes(StandardCharsets.UTF_8));
            counted(value, publisher.connection().getBytes(StandardCharsets.UTF_8));
            counted(value, publisher.connectionInfo());
            counted(value, publisher.channelInfo());
        }
        value.put(payload).flip();
        byte[] expected = new byte[value.remaining()];
        value.get(expected);
        ours.putMessage(number, offset, append, id, size);
        theirs.put(of(Family.MESSAGES), longs(number, offset), expected);
    }

    private void id(StoreBatch ours, WriteBatch theirs, long number, byte[] name) throws RocksDBException {
        FinalState state =
                random.nextBoolean() ? null : FinalState.values()[random.nextInt(FinalState.values().length)];
        ours.putId(number, name, new Layout.IdRecord(1, 2, 3, state, 4));
        theirs.put(
                of(Family.IDS),
                numberAnd(number, name),
                bytes(29)
                        .putLong(1)
                        .putLong(2)
                        .putInt(3)
                        .put((byte) (state == null ? 0 : 1 + state.ordinal()))
                        .putLong(4)
                        .array());
    }

    private ColumnFamilyHandle of(Family family) {
        return handles.get(family.ordinal());
    }

    private long number() {
        return random.nextBoolean() ? random.nextInt(200) : random.nextLong();
    }

    /** Short or so long that its length takes two bytes. */
    private String text() {
        return "é".repeat(random.nextInt(4)) + "x".repeat(random.nextInt(random.nextInt(5) == 0 ? 300 : 20));
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void counted(ByteBuffer out, byte @Nullable [] value) {
        if (value == null) {
            out.putInt(-1);
        } else {
            out.putInt(value.length).put(value);
        }
    }

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length);
    }

    private static byte[] longs(long... values) {
        return longsAnd(new byte[0], values);
    }

    private static byte[] longsAnd(byte[] rest, long... values) {
        ByteBuffer out = bytes(8 * values.length + rest.length);
        for (long value : values) {
            out.putLong(value);
        }
        return out.put(rest).array();
    }

    private static byte[] numberAnd(long number, byte[] name) {
        return longsAnd(name, number);
    }

    private static byte[] behind(byte first, byte[] rest) {
        return bytes(1 + rest.length).put(first).put(rest).array();
    }

    private static byte[] expiry(long time, long number, long offset) {
        return longs(time, number, offset);
    }
}
