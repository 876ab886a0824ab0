package io.holdfast.app;

import java.util.concurrent.ExecutorService;

/** The threads on which handlers run. */
record HandlerThreads(ExecutorService executor) {

    /** What waits is not run any more; what runs is interrupted. */
    void stop() {
        executor.shutdownNow();
    }
}
