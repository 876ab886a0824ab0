package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Login;
import io.holdfast.access.Logins;
import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Connections;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.WallClock;
import io.holdfast.protocol.JsonCodec;
import io.holdfast.protocol.ProtobufCodec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Begins conversations: one for each new connection, whatever its transport. Any thread. */
@ApplicationScoped
public class Conversations {
    private final Connections connections;
    private final ResilientWebSocketManager manager;
    private final AllNodes nodes;
    private final AccessPolicy access;
    private final CommandSettings settings;
    private final DeliveryClock clock;
    private final WallClock wall;
    private final Logins logins;
    private final DeliveryThreads threads;
    private final Handling handling;
    private final Speech json;
    private final Speech protobuf;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected Conversations() {
        this(null, null, null, null, null, null, null, null, null, null);
    }

    @Inject
    public Conversations(
            Connections connections,
            ResilientWebSocketManager manager,
            AllNodes nodes,
            AccessPolicy access,
            CommandSettings settings,
            DeliveryClock clock,
            WallClock wall,
            Logins logins,
            DeliveryThreads threads,
            Handling handling) {
        this.connections = connections;
        this.manager = manager;
        this.nodes = nodes;
        this.access = access;
        this.settings = settings;
        this.clock = clock;
        this.wall = wall;
        this.logins = logins;
        this.threads = threads;
        this.handling = handling;
        this.json = Speech.of(new JsonCodec(), new byte[] {'\n'}, clock);
        this.protobuf = Speech.of(new ProtobufCodec(), new byte[0], clock);
    }

    /** Begins a conversation. @param transport writes frames of the format's kind */
    public Conversation begin(Connection transport, Handshake handshake) {
        Speech speech = switch (handshake.format()) {
            case JSON -> json;
            case PROTOBUF -> protobuf;
        };
        RegisteredConnection connection = connections.register(
                UUID.randomUUID().toString(),
                transport,
                speech.format(settings.serverTags() == ServerTags.ALWAYS),
                handshake.peer().address());
        Principal principal = handshake.principal();
        Login login = principal == null
                ? null
                : logins.of(principal).withRoles(handshake.peer().roles());
        return new Conversation(
                connection,
                speech,
                manager,
                nodes,
                access,
                settings,
                clock,
                wall,
                handshake,
                login,
                handling,
                threads.receipts());
    }

    /**
     * The peer of a handshake, with what handlers may see of it.
     *
     * @param header by its name; null if it was not sent
     * @param inRole whether the container's login has a role
     */
    public Peer peer(String address, UnaryOperator<@Nullable String> header, Predicate<String> inRole) {
        Map<String, String> headers = new HashMap<>();
        for (String name : handling.settings().headers()) {
            String value = header.apply(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        Set<String> roles = handling.handlers().roles().stream().filter(inRole).collect(Collectors.toUnmodifiableSet());
        return new Peer(address, headers, roles);
    }
}
