package io.holdfast.delivery.commit;

import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of one client and of its messages. Any thread; reads the engine. */
final class ClientReports {
    private final StreamEngine engine;
    private final Outboxes outboxes;
    private final Clients clients;
    private final DeliveryClock clock;

    ClientReports(StreamEngine engine, Outboxes outboxes, Clients clients, DeliveryClock clock) {
        this.engine = engine;
        this.outboxes = outboxes;
        this.clients = clients;
        this.clock = clock;
    }

    /** Empty for a client of which nothing is known. */
    Optional<ClientStatus> client(String client) {
        ClientRecord record = clients.find(client);
        StreamStatus info = engine.info(Names.outbox(client));
        List<ClientStatus.DeviceStatus> devices = devices(client);
        if (record == null && devices.isEmpty() && info.top().offset() == 0) {
            return Optional.empty();
        }
        return Optional.of(status(client, record, info.waiting(), info.waitingBytes(), devices));
    }

    /** @param record null for a client that was not seen within the last hour */
    static ClientStatus status(
            String client,
            @Nullable ClientRecord record,
            int waiting,
            long waitingBytes,
            List<ClientStatus.DeviceStatus> devices) {
        ClientRecord counted = record == null ? new ClientRecord(0) : record;
        return new ClientStatus(
                client,
                counted.sinceMillis,
                counted.connections.get(),
                counted.sent.get(),
                counted.acknowledged.get(),
                counted.expired.get(),
                counted.dropped.get(),
                counted.dead.get(),
                waiting,
                waitingBytes,
                devices);
    }

    private List<ClientStatus.DeviceStatus> devices(String client) {
        Outbox outbox = outboxes.find(client);
        if (outbox != null) {
            return outbox.devices();
        }
        return engine.devices(Names.outbox(client)).stream()
                .map(known -> new ClientStatus.DeviceStatus(
                        known.device(),
                        known.offset(),
                        known.seenAtMillis(),
                        known.claim().connected()))
                .toList();
    }

    /** Empty for a message that is not known, or not any more. */
    Optional<MessageStatus> message(String client, String id) {
        String stream = Names.outbox(client);
        return engine.message(stream, id)
                .map(known -> new MessageStatus(
                        client,
                        id,
                        state(client, stream, known),
                        known.position(),
                        clock.wallMillis(known.publishedAtMillis())));
    }

    /** The engine decides how a message ends. Only whether it was written this node alone knows. */
    private MessageState state(String client, String stream, MessageRecord known) {
        long offset = known.position().offset();
        if (known.finalState() != null) {
            return MessageState.of(known.finalState());
        }
        if (engine.info(stream).confirmed(offset)) {
            return MessageState.ACKNOWLEDGED;
        }
        Outbox outbox = outboxes.find(client);
        return outbox != null && outbox.wasWritten(offset) ? MessageState.SENT : MessageState.QUEUED;
    }
}
