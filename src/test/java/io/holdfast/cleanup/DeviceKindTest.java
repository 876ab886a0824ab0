package io.holdfast.cleanup;

/** Devices, in the store; names contain the character between them. */
class DeviceKindTest extends StoredKindContract {
    DeviceKindTest() {
        super("devices");
    }

    @Override
    protected String make(String name) {
        store.see("u/" + name, "phone/1");
        return "u/" + name + "/phone/1";
    }

    @Override
    protected void use(String id) {
        store.see(id.substring(0, id.indexOf("/phone")), "phone/1");
    }

    @Override
    protected boolean usable(String id) {
        return !store.engine
                .devices("#" + id.substring(0, id.indexOf("/phone")))
                .isEmpty();
    }
}
