package io.holdfast.delivery.push;

import io.holdfast.delivery.ConnectionStatus;
import io.holdfast.delivery.ConnectionStatus.State;
import io.holdfast.delivery.outbox.OutboxConnection;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts together what the parts of a connection know of it. Any thread; takes their locks one after the other. */
final class ConnectionReport {
    private ConnectionReport() {}

    /**
     * @param outbox null for a connection without one
     * @param node the number of this node
     */
    static ConnectionStatus of(
            OpenConnection connection,
            @Nullable OutboxConnection outbox,
            Subscriptions subscriptions,
            Instant now,
            long nowNanos,
            long node) {
        SendBuffer.Snapshot buffer = connection.buffer().snapshot(nowNanos);
        long age = TimeUnit.NANOSECONDS.toMillis(nowNanos - connection.openedNanos());
        return new ConnectionStatus(
                connection.id(),
                connection.client(),
                outbox == null ? null : outbox.deviceName(),
                node,
                connection.address(),
                now.toEpochMilli() - age,
                state(outbox, subscriptions),
                outbox != null && outbox.explicit(),
                buffer.outboxWritten(),
                buffer.outboxAnswered(),
                buffer.unconfirmedBytes(),
                buffer.waitingBytes(),
                buffer.mostBytes(),
                buffer.heldBack(),
                TimeUnit.NANOSECONDS.toMillis(buffer.writingNanos()),
                TimeUnit.NANOSECONDS.toMillis(buffer.unansweredNanos()),
                outbox == null || !outbox.limited() ? -1 : outbox.allowance(),
                connection.ordinarySubscriptions());
    }

    private static State state(@Nullable OutboxConnection outbox, Subscriptions subscriptions) {
        if (outbox == null) {
            return State.NONE;
        }
        boolean live = subscriptions.all().stream().anyMatch(each -> each.outbox() != null && each.live());
        return live ? State.LIVE : State.BEHIND;
    }
}
