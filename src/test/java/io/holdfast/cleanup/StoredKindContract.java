package io.holdfast.cleanup;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** What the contract asks of a kind of the gateway's own. */
abstract class StoredKindContract extends CleanupProviderContract {
    final Store store = new Store();
    private final String kind;

    StoredKindContract(String kind) {
        this.kind = kind;
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected CleanupProvider provider() {
        return store.kind(kind);
    }

    @Override
    protected void advance(Duration time) {
        store.time.advance(time);
    }

    @Override
    protected Duration age() {
        return Store.AGE;
    }
}
