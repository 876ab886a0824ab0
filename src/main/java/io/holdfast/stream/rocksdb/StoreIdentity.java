package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Whether the files of a store are those that were written here last, or a copy or an earlier state of them. Offsets that a
 * copy gives may have been given by the original too, so a copy begins a new generation: new epochs for every stream.
 *
 * <p>Three signs, any of which is enough: the {@linkplain #MARKER marker} that a backup contains and an operator may put
 * there; a {@link Place} that is not the recorded one; a {@link HighWaterMark} that the store has not reached.
 *
 * <p><b>Order.</b> The new place is recorded in the store beside the present one before it takes its name, so that a process
 * that is killed anywhere in between finds itself at home the next time.
 */
final class StoreIdentity {

    /** A file in the data directory: the next start begins a new generation and removes it. */
    static final String MARKER = "new-generation";

    private final RocksDbOptions options;
    private final Failures failures;
    private final DurableFile placeFile;
    private final DurableFile marker;
    private boolean prepared;
    private long line;

    StoreIdentity(RocksDbOptions options, Failures failures) {
        this.options = options;
        this.failures = failures;
        this.placeFile = Place.file(options.directory());
        this.marker = new DurableFile(options.directory().resolve(MARKER));
    }

    /** Why this is not the store that was written here last; null if it is. */
    @Nullable
    String changed(RocksDB db) throws RocksDBException {
        if (Files.exists(marker.path())) {
            return "the file " + MARKER + " is in the directory, as in every backup";
        }
        byte[] recorded = db.get(StoreState.PLACES);
        if (recorded != null && options.detectCopies()) {
            Place present = present();
            if (present == null) {
                return "the file place is missing, so it is a copy";
            }
            if (Place.decode(recorded).stream().noneMatch(present::fits)) {
                return "the file place is not the one of the last start, so it is a copy";
            }
        }
        long reached = HighWaterMark.reached(options.markDirectory(), StoreState.number(db, StoreState.LINE, 0));
        if (reached > db.getLatestSequenceNumber()) {
            return "the mark in " + options.markDirectory()
                    + " records later writes, so this is an earlier state of the store";
        }
        return null;
    }

    /** Adds to the write that begins this start. */
    void record(RocksDB db, boolean another, WriteBatch batch) throws RocksDBException {
        line = another ? 0 : StoreState.number(db, StoreState.LINE, 0);
        if (line == 0) {
            line = new SecureRandom().nextLong();
            batch.put(StoreState.LINE, Layout.key(line));
        }
        List<Place> places = new ArrayList<>(2);
        Place present = present();
        if (present != null) {
            places.add(present);
        }
        try {
            places.add(Place.prepare(placeFile));
            prepared = true;
        } catch (IOException full) {
            // The place of the last start stays; what is wrong with the disk, the store itself will tell.
            prepared = false;
        }
        batch.put(StoreState.PLACES, Place.encode(places));
    }

    /** After that write: this is the store of this directory. */
    HighWaterMark confirm(RocksDB db) {
        try {
            if (prepared) {
                placeFile.commit();
            }
            marker.delete();
        } catch (IOException cause) {
            throw failures.io("taking its place", cause);
        }
        HighWaterMark mark = HighWaterMark.open(options.sync() && options.wal() ? options.markDirectory() : null, line);
        mark.reach(db.getLatestSequenceNumber());
        return mark;
    }

    private @Nullable Place present() {
        try {
            return Place.of(placeFile.path());
        } catch (IOException cause) {
            throw failures.unreadable("its file place cannot be looked at (" + cause.getMessage() + ")", cause);
        }
    }
}
