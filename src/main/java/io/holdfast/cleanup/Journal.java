package io.holdfast.cleanup;

import java.io.IOException;
import java.util.List;

/** Where the ledger's entries are kept. Used by one thread at a time. */
interface Journal {

    /** What was stored, in order. @throws IOException also if it is damaged before its end */
    List<Entry> read() throws IOException;

    /** Adds one. When it returns it survives a killed process and, if {@code synced}, a failing machine. */
    void append(Entry entry, boolean synced) throws IOException;

    /** Stores these and nothing else; at no moment is there neither. */
    void replace(List<Entry> entries) throws IOException;

    /** Whether an append would follow on half a line: then it must be replaced. */
    boolean isTorn();

    /** About how many lines an append follows. */
    int lines();
}
