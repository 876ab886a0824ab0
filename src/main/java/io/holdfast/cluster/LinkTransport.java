package io.holdfast.cluster;

import java.net.URI;
import java.util.concurrent.CompletionStage;

/** Opens connections to other nodes. Any thread; does not wait. */
public interface LinkTransport {

    /** @param address of the other node: scheme, host, port and the path of its application */
    CompletionStage<? extends LinkConnection> open(URI address, LinkReceiver receiver);
}
