package io.holdfast.app;

/**
 * What the gateway does if it cannot start, or has started and nobody can use it.
 *
 * @param exit whether a start that fails ends the process
 * @param accessCheck whether a gateway that nobody can use is not ready
 */
record StartSettings(boolean exit, boolean accessCheck) {
    static StartSettings read(Keys keys) {
        return new StartSettings(keys.flag("holdfast.start.exit", false), keys.flag("holdfast.access.check", true));
    }
}
