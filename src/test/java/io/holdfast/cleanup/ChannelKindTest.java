package io.holdfast.cleanup;

import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Change;

/** Ordinary channels, in the store. */
class ChannelKindTest extends StoredKindContract {
    ChannelKindTest() {
        super("channels");
    }

    private void publish(String channel) {
        store.manager
                .publish(channel, "{}", SendOptions.defaults())
                .toCompletableFuture()
                .join();
        store.apply(new Change.Discard(channel, store.engine.info(channel).top().offset(), store.time.millis()));
    }

    @Override
    protected String make(String name) {
        publish(name);
        return name;
    }

    @Override
    protected void use(String id) {
        publish(id);
    }

    @Override
    protected boolean usable(String id) {
        return store.engine.stored(id).isPresent();
    }
}
