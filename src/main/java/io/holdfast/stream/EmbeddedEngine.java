package io.holdfast.stream;

import java.nio.file.Path;

/** An engine whose store is a directory of this machine. It can be backed up while it runs, and knows its generation. */
public interface EmbeddedEngine extends StreamEngine {

    /**
     * Writes a copy of the store into a new directory, while publishing continues. The copy contains everything that was
     * acknowledged before the call, and begins a new generation when it is opened. The directory gets its name when all of it
     * is on the disk. Only one backup can run at a time. The call runs on the caller's thread and waits for the disk.
     *
     * @return the size of the copy in bytes
     * @throws BackupRefusedException if a file or directory of that name exists, or another backup is running
     * @throws EngineException if the backup could not be written; its incomplete files are removed
     */
    long backup(Path target);

    /** The present generation of the store. Any thread; waits for nothing. */
    StoreGeneration life();
}
