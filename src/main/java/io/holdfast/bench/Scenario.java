package io.holdfast.bench;

/** One kind of load with its measurement. */
interface Scenario {

    /** Runs it from beginning to end and leaves no connection open. */
    Result run(Setup setup);
}
