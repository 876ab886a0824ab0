package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.protocol.JsonCodec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.UUID;

/** Begins conversations: one for each new connection, whatever its transport. Any thread. */
@ApplicationScoped
public class Conversations {
    private final ResilientWebSocketManager manager;
    private final AccessPolicy access;
    private final CommandSettings settings;
    private final DeliveryClock clock;
    private final JsonCodec json = new JsonCodec();
    private final CodecFormat jsonFormat = new CodecFormat(json, new byte[] {'\n'});

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected Conversations() {
        this(null, null, null, null);
    }

    @Inject
    public Conversations(
            ResilientWebSocketManager manager, AccessPolicy access, CommandSettings settings, DeliveryClock clock) {
        this.manager = manager;
        this.access = access;
        this.settings = settings;
        this.clock = clock;
    }

    /** Begins a conversation in JSON. */
    public Conversation begin(Connection transport) {
        return begin(transport, "");
    }

    /**
     * Begins a conversation in JSON over a transport on which clients cannot answer.
     *
     * @param session by which the client's other requests find it: a secret that only its connect reply tells
     */
    public Conversation begin(Connection transport, String session) {
        RegisteredConnection connection = manager.register(UUID.randomUUID().toString(), transport, jsonFormat);
        return new Conversation(connection, json, manager, access, settings, clock, session);
    }
}
