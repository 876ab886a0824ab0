package io.holdfast.stream.rocksdb;

import io.holdfast.stream.StoreGeneration;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * What concerns the whole store, in the default column family.
 *
 * <ul>
 *   <li>{@code state}: format 1, running 1, generation 8. Running is written at open (with the mode: 1 synced, 2 not) and
 *       taken back at a clean close. After "running, not synced" what the end of it has lost is not known; the same
 *       for a copy ({@link StoreIdentity}): the generation is another random number then, and with it the epoch of every
 *       stream is another.
 *   <li>{@code life}: when the generation began 8, and why.
 *   <li>{@code places}: where the store lies, see {@link Place}; {@code line}: the name of its {@link HighWaterMark}.
 *   <li>{@code next}: the number that the next new stream gets.
 *   <li>{@code newest}: the highest time stored.
 *   <li>{@code window}: the longest deduplication window seen, in milliseconds: ids are kept for it over restarts.
 *   <li>{@code waiting}: publications in outboxes above what was confirmed; absent in stores of older versions.
 *   <li>{@code seed}: random; a stream's epoch name is made from it and the stream's name, so that a stream nobody has
 *       written to keeps its epoch over a restart. Changes when streams are forgotten, so that no epoch comes twice.
 * </ul>
 */
final class StoreState {

    static final byte[] STATE = key("state");
    static final byte[] NEXT = key("next");
    static final byte[] NEWEST = key("newest");
    static final byte[] WINDOW = key("window");
    static final byte[] WAITING = key("waiting");
    static final byte[] SEED = key("seed");

    static final byte[] LIFE = key("life");
    static final byte[] PLACES = key("places");
    static final byte[] LINE = key("line");

    static final byte FORMAT = 1;
    static final byte CLEAN = 0;
    static final byte RUNNING_SYNCED = 1;
    static final byte RUNNING_UNSYNCED = 2;

    private StoreState() {}

    static byte[] state(byte running, long generation) {
        byte[] state = new byte[10];
        state[0] = FORMAT;
        state[1] = running;
        Layout.longAt(state, 2, generation);
        return state;
    }

    static byte[] life(long nowMillis, String reason) {
        return Layout.key(nowMillis, Layout.utf8(reason));
    }

    static StoreGeneration life(RocksDB db, long generation) throws RocksDBException {
        byte[] life = db.get(LIFE);
        return life == null
                ? new StoreGeneration(generation, 0, "")
                : new StoreGeneration(generation, Layout.longAt(life, 0), Layout.text(life, 8, life.length));
    }

    static long number(RocksDB db, byte[] key, long absent) throws RocksDBException {
        byte[] value = db.get(key);
        return value == null ? absent : Layout.longAt(value, 0);
    }

    /** 52 bits are enough to tell the lives of one stream apart. */
    static long epochName(long seed, String stream) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Layout.key(seed));
            return Layout.longAt(digest.digest(Layout.utf8(stream)), 0) >>> 12;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
