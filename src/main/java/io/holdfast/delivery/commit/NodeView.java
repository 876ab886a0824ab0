package io.holdfast.delivery.commit;

import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.ThisNode;
import io.holdfast.delivery.outbox.Breakers;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.OpenConnections;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.delivery.watch.Clients;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What the parts of delivery know on this node. Any thread. */
final class NodeView implements ThisNode {
    private final Channels channels;
    private final OpenConnections connections;
    private final Clients clients;
    private final Breakers breakers;
    private final Outboxes outboxes;

    NodeView(Channels channels, OpenConnections connections, Clients clients, Breakers breakers, Outboxes outboxes) {
        this.channels = channels;
        this.connections = connections;
        this.clients = clients;
        this.breakers = breakers;
        this.outboxes = outboxes;
    }

    @Override
    @SuppressWarnings("unchecked") // each kind of list gives what it is a list of
    public <T> NamedPage<T> page(Listing<T> of, String after, int most) {
        NamedPage.Collector<T> page = new NamedPage.Collector<>(of, after, most);
        all(of, (name, value) -> page.add(name, (T) value));
        return page.page();
    }

    private void all(Listing<?> of, BiConsumer<String, Object> each) {
        if (of instanceof Listing.Members wanted) {
            members(wanted.channel()).forEach(member -> each.accept(member.connection(), member));
        } else if (of instanceof Listing.Subscribers wanted) {
            members(wanted.channel()).forEach(member -> each.accept(member.client(), 1));
        } else if (of instanceof Listing.Channels wanted) {
            channels.sizes(wanted.pattern()).forEach(each);
        } else if (of instanceof Listing.Clients wanted) {
            clients.names().stream()
                    .filter(wanted.wanted())
                    .forEach(name -> each.accept(name, clients.isConnected(name)));
        } else if (of instanceof Listing.ConnectionsOf wanted) {
            connections.statusOf(wanted.client()).forEach(connection -> each.accept(connection.id(), connection));
        } else if (of instanceof Listing.ConnectedClients) {
            connections.forEachClient(client -> each.accept(client, 1));
        } else if (of instanceof Listing.Breakers wanted) {
            breakers.list(wanted.client()).forEach(breaker -> each.accept(breaker.client(), List.of(breaker)));
        } else {
            throw new IllegalArgumentException("a list that nothing makes: " + of);
        }
    }

    private List<Member> members(String channel) {
        Channel known = channels.find(channel);
        return known == null ? List.of() : known.members();
    }

    @Override
    public Optional<ClientStatus> seen(String client) {
        ClientRecord record = clients.find(client);
        Outbox outbox = outboxes.find(client);
        List<ClientStatus.DeviceStatus> devices = outbox == null ? List.of() : outbox.devices();
        return record == null && devices.isEmpty()
                ? Optional.empty()
                : Optional.of(ClientReports.status(client, record, 0, 0, devices));
    }

    @Override
    public int connections(String client) {
        return connections.of(client);
    }

    @Override
    public Optional<MessageState> state(String client, long offset) {
        return Optional.ofNullable(outboxes.find(client))
                .map(outbox -> outbox.wasWritten(offset) ? MessageState.SENT : MessageState.QUEUED);
    }
}
