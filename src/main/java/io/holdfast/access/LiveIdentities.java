package io.holdfast.access;

import io.holdfast.delivery.Ending;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** By which identity each connection is open, so that a revocation can end it. Any thread. */
final class LiveIdentities {

    private static final Ending REVOKED = new Ending(3500, "invalid token");

    private final ConcurrentHashMap<String, Live> live = new ConcurrentHashMap<>();

    private record Live(Identity identity, Consumer<Ending> close) {}

    void entered(String connection, Identity identity, Consumer<Ending> close) {
        live.put(connection, new Live(identity, close));
    }

    void left(String connection) {
        live.remove(connection);
    }

    /** Closes the connections that a revocation hits, with 3500. @return how many */
    int end(Revocation revocation) {
        int ended = 0;
        for (Live candidate : live.values()) {
            if (revocation.hits(candidate.identity())) {
                candidate.close().accept(REVOKED);
                ended++;
            }
        }
        return ended;
    }
}
