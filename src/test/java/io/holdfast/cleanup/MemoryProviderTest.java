package io.holdfast.cleanup;

import java.time.Duration;

/** The contract holds for a provider as an application might write it. */
class MemoryProviderTest extends CleanupProviderContract {
    private final MovedTime time = new MovedTime();
    private final MemoryProvider shelf = new MemoryProvider("toys", 1, time);

    @Override
    protected CleanupProvider provider() {
        return shelf;
    }

    @Override
    protected String make(String name) {
        shelf.with(Duration.ZERO, name);
        return name;
    }

    @Override
    protected void use(String id) {
        shelf.use(id);
    }

    @Override
    protected boolean usable(String id) {
        return shelf.usedAt.containsKey(id) && !shelf.hidden.contains(id);
    }

    @Override
    protected void advance(Duration howLong) {
        time.advance(howLong);
    }

    @Override
    protected Duration age() {
        return MemoryProvider.AGE;
    }
}
