package io.holdfast.cluster;

import io.holdfast.delivery.Listing;
import io.holdfast.delivery.NodeReport;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.ThisNode;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Supplier;

/** What this node says of itself. Any thread. */
public final class OwnReport implements Supplier<NodeReport> {
    private final Asking asking;
    private final ResilientWebSocketManager here;
    private final ThisNode memory;
    private final String name;
    private final String version;
    private final String uid = UUID.randomUUID().toString();

    /** @param here this node alone */
    public OwnReport(Asking asking, ResilientWebSocketManager here, ThisNode memory, String name, String version) {
        this.asking = asking;
        this.here = here;
        this.memory = memory;
        this.name = name;
        this.version = version;
    }

    @Override
    public NodeReport get() {
        Collection<Integer> channels = memory.page(new Listing.Channels(""), "", Integer.MAX_VALUE)
                .entries()
                .values();
        return new NodeReport(
                asking.number(),
                uid,
                name,
                version,
                here.stats().connections().active(),
                here.connectedClients(),
                channels.size(),
                channels.stream().mapToLong(Integer::longValue).sum(),
                ManagementFactory.getRuntimeMXBean().getUptime() / 1_000);
    }
}
