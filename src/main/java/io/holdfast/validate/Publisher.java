package io.holdfast.validate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sends to one client until it is told to stop, each message until there is a receipt; with a thread of its own. */
final class Publisher {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final List<String> ids = new ArrayList<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private volatile String failure = "";
    private final Thread thread;

    Publisher(Scope scope, String client) {
        this(scope, client, PAUSE);
    }

    /** @param pause between two messages: an outbox drops its oldest if more than 1000 come while its client is away */
    Publisher(Scope scope, String client, Duration pause) {
        thread = new Thread(() -> run(scope, client, pause), "validate-publisher");
        thread.setDaemon(true);
        scope.opened(this, () -> stop.set(true));
        thread.start();
    }

    private void run(Scope scope, String client, Duration pause) {
        try {
            while (!stop.get()) {
                String id = Scope.fresh("m");
                scope.api().sendUntilAccepted(client, id, "{\"n\":1}", PATIENCE);
                synchronized (ids) {
                    ids.add(id);
                }
                Thread.sleep(pause.toMillis());
            }
        } catch (IOException | NotHeldException e) {
            failure = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return what was accepted */
    List<String> stop(Scope scope) throws InterruptedException {
        stop.set(true);
        thread.join(PATIENCE.toMillis());
        scope.check(failure.isEmpty(), "the publisher failed: " + failure);
        synchronized (ids) {
            return List.copyOf(ids);
        }
    }
}
