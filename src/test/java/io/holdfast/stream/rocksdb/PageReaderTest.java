package io.holdfast.stream.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageReaderTest {

    @TempDir
    Path directory;

    @Test
    void a_reader_learns_of_a_loss_although_its_stream_was_put_out_of_memory() {
        RocksDbOptions options = TestStores.options(directory);
        NativeLibrary.load(options.nativeLibraryDirectory().toAbsolutePath());
        Store store = new StoreOpening(options, () -> 1_000, new Failures(options.directory()), Disk.REAL).open();
        try {
            append(store, "a");
            append(store, "b");
            StreamState held = store.stream("#u");
            PageReader reader = new PageReader(store, held);
            store.forget(held); // as unloading does
            append(store, "c");

            Page page = reader.read(new Position("", 0), 10, 1 << 20);

            assertThat(page.continuity()).isEqualTo(Page.Continuity.LOST);
        } finally {
            store.close();
        }
    }

    private static void append(Store store, String id) {
        byte[] payload = "1".getBytes(StandardCharsets.UTF_8);
        Retention two = new Retention(2, 1 << 20, Retention.Overflow.DROP_OLDEST);
        Changes changes = new Changes(store);
        new AppendBatch(changes)
                .prepare(List.of(new Append("#u", id, payload, Map.of(), 1_000, Publication.NEVER, 0, two)));
        changes.write(true);
    }
}
