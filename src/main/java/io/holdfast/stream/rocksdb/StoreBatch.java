package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Append;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.Publisher;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One atomic write in the making, encoded here in RocksDB's own write batch format, so that a batch crosses into native
 * code once and not once for every key (measured: a put through JNI costs as much as its encoding and more).
 *
 * <p>Format ({@code db/write_batch.cc}, the same since it is what the log contains): sequence 8, count 4 (little-endian),
 * then records: kind 1, column family (varint, where not the default one), key and value, each with its length as varint.
 *
 * <p>Threads: the writer's only.
 */
final class StoreBatch {

    private static final int HEADER = 12;
    private static final byte DELETE = 0x0;
    private static final byte PUT = 0x1;
    private static final byte DELETE_IN_FAMILY = 0x4;
    private static final byte PUT_IN_FAMILY = 0x5;
    private static final byte SINGLE_DELETE = 0x7;
    private static final byte SINGLE_DELETE_IN_FAMILY = 0x8;

    private static final int USUAL_BYTES = 8 * 1024;
    /** A buffer that has grown beyond this is not kept for the next batch. */
    private static final int MOST_KEPT_BYTES = 1024 * 1024;

    private final int[] familyIds;
    private byte[] bytes = new byte[USUAL_BYTES];
    private int at = HEADER;
    private int count;
    private long earliestExpiryMillis = Long.MAX_VALUE;

    /** @param familyIds RocksDB's number of each {@link Family}, by ordinal */
    StoreBatch(int[] familyIds) {
        this.familyIds = familyIds.clone();
    }

    /** Begins the next batch, in the same buffer. */
    StoreBatch next() {
        if (bytes.length > MOST_KEPT_BYTES) {
            bytes = new byte[USUAL_BYTES];
        }
        at = HEADER;
        count = 0;
        earliestExpiryMillis = Long.MAX_VALUE;
        return this;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The batch in RocksDB's format. */
    byte[] encoded() {
        bytes[8] = (byte) count;
        bytes[9] = (byte) (count >>> 8);
        bytes[10] = (byte) (count >>> 16);
        bytes[11] = (byte) (count >>> 24);
        return Arrays.copyOf(bytes, at);
    }

    int encodedBytes() {
        return at;
    }

    /** Earliest time put into the expiry family. */
    long earliestExpiryMillis() {
        return earliestExpiryMillis;
    }

    /** Payload, tags and id: what counts against the byte bound of a stream. */
    static int storedSize(Append append, byte[] id) {
        int size = append.payload().length + id.length;
        if (!append.tags().isEmpty()) {
            for (Map.Entry<String, String> tag : append.tags().entrySet()) {
                size += Layout.utf8(tag.getKey()).length + Layout.utf8(tag.getValue()).length;
            }
        }
        Publisher publisher = append.publisher();
        return publisher == null ? size : size + publisher.bytes();
    }

    void putMessage(long number, long offset, Append append, byte[] id, int size) {
        int tags = append.tags().size();
        Publisher publisher = append.publisher();
        int lengths = 4 * (2 * tags + (publisher == null ? 0 : Layout.PUBLISHER_FIELDS));
        begin(PUT, Family.MESSAGES, 16);
        putLong(number);
        putLong(offset);
        putVarint(Layout.MESSAGE_HEAD + 2 + 2 + lengths + size);
        putInt(size);
        putLong(append.publishedAtMillis());
        putLong(append.expiresAtMillis());
        putShort(id.length);
        putBytes(id);
        putShort(publisher == null ? tags : tags | Layout.BY_CLIENT);
        if (tags > 0) {
            append.tags().forEach((key, value) -> {
                putText(key);
                putText(value);
            });
        }
        if (publisher != null) {
            putText(publisher.client());
            putText(publisher.connection());
            putIfAny(publisher.connectionInfo());
            putIfAny(publisher.channelInfo());
        }
        putBytes(append.payload());
    }

    void removeMessage(long number, long offset) {
        begin(SINGLE_DELETE, Family.MESSAGES, 16);
        putLong(number);
        putLong(offset);
    }

    void putId(long number, byte[] id, Layout.IdRecord record) {
        begin(PUT, Family.IDS, 8 + id.length);
        putLong(number);
        putBytes(id);
        putVarint(Layout.ID_VALUE);
        putLong(record.offset());
        putLong(record.publishedAtMillis());
        putInt(record.checksum());
        putByte(Layout.code(record.state()));
        putLong(record.finalAtMillis());
    }

    void removeId(long number, byte[] id) {
        begin(DELETE, Family.IDS, 8 + id.length);
        putLong(number);
        putBytes(id);
    }

    /** Each key of the expiry family but looks at what is confirmed is put once: no offset is given twice, and its entry only moves to later times. */
    void putExpiry(long timeMillis, long number, long offset, byte what, byte[] id) {
        earliestExpiryMillis = Math.min(earliestExpiryMillis, timeMillis);
        begin(PUT, Family.EXPIRY, 24);
        putLong(timeMillis);
        putLong(number);
        putLong(offset);
        putVarint(1 + id.length);
        putByte(what);
        putBytes(id);
    }

    /** May be put again with the same key: the last one counts. */
    void putLookAtGivenUp(long timeMillis, long number) {
        putExpiry(timeMillis, number, Layout.GIVEN_UP, Layout.LOOK_AT_CONFIRMED, Layout.key(0));
    }

    /** May be put again with the same key: the last one counts. */
    void putLookAtConfirmed(long timeMillis, long number, long offset, long upTo) {
        putExpiry(timeMillis, number, Layout.CONFIRMED | offset, Layout.LOOK_AT_CONFIRMED, Layout.key(upTo));
    }

    void removeExpiry(byte[] key, byte what) {
        begin(what == Layout.LOOK_AT_CONFIRMED ? DELETE : SINGLE_DELETE, Family.EXPIRY, key.length);
        putBytes(key);
    }

    void putMeta(long number, Layout.Meta meta) {
        byte[] name = Layout.utf8(meta.name());
        begin(PUT, Family.META, 9);
        putByte((byte) 'M');
        putLong(number);
        putVarint(Layout.META_HEAD + name.length);
        putLong(meta.epoch());
        putLong(meta.top());
        putLong(meta.first());
        putLong(meta.lostUpTo());
        putLong(meta.confirmedUpTo());
        putLong(meta.usedMillis());
        putBytes(name);
    }

    void putName(String name, long number) {
        put(Family.META, Layout.nameKey(Layout.utf8(name)), Layout.key(number));
    }

    void removeStream(long number, String name) {
        remove(Family.META, Layout.metaKey(number));
        remove(Family.META, Layout.nameKey(Layout.utf8(name)));
        remove(Family.META, Layout.versionKey(number));
    }

    void putCursor(long number, DeviceCursor cursor, long generation) {
        byte[] device = Layout.utf8(cursor.device());
        begin(PUT, Family.CURSORS, 8 + device.length);
        putLong(number);
        putBytes(device);
        putVarint(24);
        putLong(cursor.offset());
        putLong(cursor.seenAtMillis());
        putLong(generation);
    }

    void removeCursor(long number, String device) {
        remove(Family.CURSORS, Layout.key(number, Layout.utf8(device)));
    }

    void putGivenUp(long number, long offset, long generation) {
        byte[] key = Layout.givenUpKey(number, offset);
        begin(PUT, Family.CURSORS, key.length);
        putBytes(key);
        putVarint(24);
        putLong(offset);
        putLong(0);
        putLong(generation);
    }

    void removeGivenUp(long number, long offset) {
        remove(Family.CURSORS, Layout.givenUpKey(number, offset));
    }

    void put(Family family, byte[] key, byte[] value) {
        begin(PUT, family, key.length);
        putBytes(key);
        putVarint(value.length);
        putBytes(value);
    }

    void remove(Family family, byte[] key) {
        begin(DELETE, family, key.length);
        putBytes(key);
    }

    private void begin(byte kind, Family family, int keyLength) {
        count++;
        int id = familyIds[family.ordinal()];
        if (id == 0) {
            putByte(kind);
        } else {
            putByte(
                    switch (kind) {
                        case PUT -> PUT_IN_FAMILY;
                        case DELETE -> DELETE_IN_FAMILY;
                        default -> SINGLE_DELETE_IN_FAMILY;
                    });
            putVarint(id);
        }
        putVarint(keyLength);
    }

    private void putText(String text) {
        byte[] utf8 = Layout.utf8(text);
        putInt(utf8.length);
        putBytes(utf8);
    }

    private void putIfAny(byte @Nullable [] value) {
        if (value == null) {
            putInt(Layout.ABSENT);
        } else {
            putInt(value.length);
            putBytes(value);
        }
    }

    private void putByte(byte value) {
        room(1);
        bytes[at++] = value;
    }

    private void putShort(int value) {
        room(2);
        bytes[at++] = (byte) (value >>> 8);
        bytes[at++] = (byte) value;
    }

    private void putInt(int value) {
        room(4);
        Layout.intAt(bytes, at, value);
        at += 4;
    }

    private void putLong(long value) {
        room(8);
        Layout.longAt(bytes, at, value);
        at += 8;
    }

    private void putVarint(int value) {
        room(5);
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
    }

    private void putBytes(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, at, value.length);
        at += value.length;
    }

    private void room(int more) {
        if (bytes.length - at < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + more));
        }
    }
}
