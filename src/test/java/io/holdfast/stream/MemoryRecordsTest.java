package io.holdfast.stream;

/** The double keeps the contract. */
class MemoryRecordsTest extends SmallRecordsContract {
    private final MemoryRecords records = new MemoryRecords();

    @Override
    protected SmallRecords open() {
        return records;
    }
}
