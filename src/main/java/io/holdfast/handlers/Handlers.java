package io.holdfast.handlers;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that answers clients beside Holdfast itself: an application's beans, or a back end. A null says that nothing answers this
 * kind of call, and then Holdfast decides alone. The answer never changes. Any thread; never waits.
 */
public interface Handlers {

    /** Nothing answers. */
    Handlers NONE = new Handlers() {};

    /** Whether there is none at all. */
    default boolean isEmpty() {
        return this == NONE;
    }

    /** The roles that matter: the container's login is asked for them. */
    default Set<String> roles() {
        return Set.of();
    }

    /** Answers with one JSON value. @param method its name */
    default @Nullable Handler<byte[]> rpc(String method) {
        return null;
    }

    /** Receives messages that get no reply; its answer means nothing. */
    default @Nullable Handler<?> send() {
        return null;
    }

    default @Nullable Handler<ConnectDecision> connect() {
        return null;
    }

    default @Nullable Handler<RefreshDecision> refresh() {
        return null;
    }

    /** @param namespace empty for channels without one */
    default @Nullable Handler<SubscribeDecision> subscribe(String namespace) {
        return null;
    }

    /**
     * Decides how long a subscription goes on, when its client has brought a new token for it.
     *
     * @param namespace empty for channels without one
     */
    default @Nullable Handler<RefreshDecision> subRefresh(String namespace) {
        return null;
    }

    /** @param namespace empty for channels without one */
    default @Nullable Handler<PublishDecision> publish(String namespace) {
        return null;
    }
}
