package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of small records does. */
public abstract class SmallRecordsContract {
    private SmallRecords records;

    /** Opens this test's records, the same at every call; what was opened before is closed. */
    protected abstract SmallRecords open();

    @BeforeEach
    void openRecords() {
        records = open();
    }

    private static RecordBatch batch() {
        return new RecordBatch();
    }

    @Test
    void a_scan_finds_what_begins_with_the_text_in_order() {
        records.write(batch().put("a/2", "two")
                .put("a/1", "one")
                .put("a", "none")
                .put("a0", "after")
                .put("b/1", "other")
                .put("a/\u00fc", "\u00e4")
                .put("a/\ud83d\ude00", "high")
                .put("a/", ""));

        assertThat(records.scan("a/"))
                .containsExactly(
                        Map.entry("a/", ""),
                        Map.entry("a/1", "one"),
                        Map.entry("a/2", "two"),
                        Map.entry("a/\u00fc", "\u00e4"),
                        Map.entry("a/\ud83d\ude00", "high"));
        assertThat(records.scan("c")).isEmpty();
        assertThat(records.scan("")).hasSize(8);
    }

    @Test
    void a_later_value_takes_the_place_of_an_earlier_one() {
        records.write(batch().put("a", "1").put("b", "1"));
        records.write(batch().put("a", "2").delete("b").delete("never there"));
        assertThat(records.scan("")).containsExactly(Map.entry("a", "2"));
        records.write(batch().put("a", "3").delete("a"));
        assertThat(records.scan("")).isEmpty();
    }

    @Test
    void records_are_there_after_another_opening_synced_or_not() {
        records.write(batch().put("a", "1").put("gone", "1"));
        records.writeUnsynced(batch().put("b", "1").delete("gone"));
        records = open();
        assertThat(records.scan("")).containsExactly(Map.entry("a", "1"), Map.entry("b", "1"));
    }

    @Test
    void writing_nothing_changes_nothing() {
        records.write(batch().put("a", "1"));
        records.write(batch());
        records.writeUnsynced(batch());
        assertThat(records.scan("")).hasSize(1);
    }

    @Test
    void no_scan_sees_half_a_batch() {
        CompletableFuture<Void> writes = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 300; i++) {
                String value = String.valueOf(i);
                records.writeUnsynced(
                        batch().put("x/a", value).put("x/m" + i % 7, value).put("x/z", value));
            }
        });
        do {
            Map<String, String> seen = records.scan("x/");
            assertThat(seen.get("x/a")).isEqualTo(seen.get("x/z"));
        } while (!writes.isDone());
        writes.join();
        assertThat(records.scan("x/z")).containsValue("299");
    }

    @Test
    void a_large_batch_is_stored_whole() {
        RecordBatch large = batch();
        String value = "v".repeat(1_000);
        for (int i = 0; i < 5_000; i++) {
            large.put("large/" + i, value);
        }
        records.write(large);
        records = open();
        assertThat(records.scan("large/")).hasSize(5_000).containsEntry("large/4999", value);
    }
}
