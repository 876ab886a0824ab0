package io.holdfast.cleanup;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a coordinator over shelves. */
abstract class OnTheBench {
    @TempDir
    Path directory;

    Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(directory);
    }

    static CleanupRequest request(Integer quota, String... kinds) {
        return new CleanupRequest("anna", false, List.of(kinds), quota, false);
    }
}
