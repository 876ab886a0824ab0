package io.holdfast.cleanup;

/** Outboxes, in the store. */
class OutboxKindTest extends StoredKindContract {
    OutboxKindTest() {
        super("outboxes");
    }

    @Override
    protected String make(String name) {
        store.see(name, "phone");
        return "#" + name;
    }

    @Override
    protected void use(String id) {
        store.see(id.substring(1), "phone");
    }

    @Override
    protected boolean usable(String id) {
        return store.engine.stored(id).isPresent();
    }
}
