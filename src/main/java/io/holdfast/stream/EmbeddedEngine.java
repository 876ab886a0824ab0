package io.holdfast.stream;

import java.nio.file.Path;

/** An engine whose store is a directory of this machine: it can be backed up while it runs, and tells its life. */
public interface EmbeddedEngine extends StreamEngine {

    /**
     * Writes a copy of the store into a new directory, while publishing goes on. It contains
     * everything that was acknowledged before the call, and begins a new generation where it is opened. The directory gets
     * its name when all of it is on the disk. One at a time; on the caller's thread, for as long as the disk takes.
     *
     * @return the size of the copy in bytes
     * @throws BackupRefusedException if there is something of that name, or another backup is under way
     * @throws EngineException if it could not be written; what was written of it is removed
     */
    long backup(Path target);

    /** The present life of the store. */
    StoreLife life();
}
