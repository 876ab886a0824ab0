package io.holdfast.stream.rocksdb;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.HashSkipListMemTableConfig;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.WALRecoveryMode;

/** RocksDB's options: for one writer, short-lived messages, and point look-ups that mostly find nothing. */
final class Tuning implements AutoCloseable {

    private static final long MIB = 1L << 20;

    private static final long STREAM_BUCKETS = 1 << 16;

    /** Enough for a stream with millions of messages; the default of 4 is slow beyond a few hundred. */
    private static final int STREAM_HEIGHT = 12;

    private static final long LARGEST_TABLE = 64 * MIB;
    private static final long SMALLEST_TABLE = 4 * MIB;
    private static final int TABLES_IN_RESERVE = 4;

    private final long tableBytes;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final BloomFilter bloom = own(new BloomFilter(10, false));
    private final Cache cache = own(new LRUCache(64 * MIB));

    /** @param minFreeBytes the space that is kept free: what lies in memory must fit into it, or it could not be flushed */
    Tuning(long minFreeBytes) {
        this.tableBytes = tableBytes(minFreeBytes);
    }

    /** The size of the largest memory table; all of them together are less than three times that. */
    static long tableBytes(long minFreeBytes) {
        return minFreeBytes == 0
                ? LARGEST_TABLE
                : Math.max(SMALLEST_TABLE, Math.min(LARGEST_TABLE, minFreeBytes / TABLES_IN_RESERVE));
    }

    static long tableBytes(Family family, long largest) {
        return switch (family) {
            case MESSAGES -> largest;
            case IDS, EXPIRY -> largest / 2;
            default -> largest / 8;
        };
    }

    /**
     * A torn record at the end of the log is what a crash leaves; damage before it is an error, not a place to stop at
     * (what was acknowledged may lie behind it). Recovery does not flush: it is quick, and works on a full disk.
     */
    DBOptions database(boolean fresh, boolean wal) {
        return own(new DBOptions()
                .setCreateIfMissing(fresh)
                .setCreateMissingColumnFamilies(true)
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setParanoidChecks(true)
                .setAvoidFlushDuringRecovery(true)
                .setAtomicFlush(!wal)
                .setMaxTotalWalSize(tableBytes / 2 * 3)
                .setMaxBackgroundJobs(2)
                .setAllowConcurrentMemtableWrite(false)
                .setEnableWriteThreadAdaptiveYield(false)
                .setBytesPerSync(MIB)
                .setMaxOpenFiles(512)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(3)
                .setMaxLogFileSize(4 * MIB)
                .setStatsDumpPeriodSec(0));
    }

    List<ColumnFamilyDescriptor> families() {
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (Family family : Family.values()) {
            descriptors.add(new ColumnFamilyDescriptor(family.storedName(), options(family)));
        }
        return descriptors;
    }

    private ColumnFamilyOptions options(Family family) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(bloom)
                .setBlockSize(8 * 1024);
        ColumnFamilyOptions options = own(new ColumnFamilyOptions()
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(tableBytes(family, tableBytes)));
        if (family == Family.MESSAGES || family == Family.IDS) {
            // Their keys begin with the stream's number and are never read across streams. A skip list for each stream
            // in the memory table is short, where a common one costs a cache miss for each step of an insert (measured:
            // a third of the engine thread's time).
            options.useFixedLengthPrefixExtractor(Layout.NUMBER_BYTES)
                    .setMemTableConfig(new HashSkipListMemTableConfig()
                            .setBucketCount(STREAM_BUCKETS)
                            .setHeight(STREAM_HEIGHT));
        }
        if (family == Family.IDS) {
            options.setMemtablePrefixBloomSizeRatio(0.05).setMemtableWholeKeyFiltering(true);
        }
        return options;
    }

    private <T extends AutoCloseable> T own(T value) {
        owned.add(value);
        return value;
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            try {
                owned.get(i).close();
            } catch (Exception cause) {
                throw new IllegalStateException("native options could not be closed", cause);
            }
        }
    }
}
