package io.holdfast.handlers;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Two that answer: what the first does not answer, the second does. */
public record FirstOf(Handlers first, Handlers second) implements Handlers {

    @Override
    public boolean isEmpty() {
        return first.isEmpty() && second.isEmpty();
    }

    @Override
    public Set<String> roles() {
        return first.isEmpty() ? second.roles() : first.roles();
    }

    @Override
    public @Nullable Handler<byte[]> rpc(String method) {
        return or(first.rpc(method), second.rpc(method));
    }

    @Override
    public @Nullable Handler<?> send() {
        Handler<?> handler = first.send();
        return handler == null ? second.send() : handler;
    }

    @Override
    public @Nullable Handler<ConnectDecision> connect() {
        return or(first.connect(), second.connect());
    }

    @Override
    public @Nullable Handler<RefreshDecision> refresh() {
        return or(first.refresh(), second.refresh());
    }

    @Override
    public @Nullable Handler<SubscribeDecision> subscribe(String namespace) {
        return or(first.subscribe(namespace), second.subscribe(namespace));
    }

    @Override
    public @Nullable Handler<RefreshDecision> subRefresh(String namespace) {
        return or(first.subRefresh(namespace), second.subRefresh(namespace));
    }

    @Override
    public @Nullable Handler<PublishDecision> publish(String namespace) {
        return or(first.publish(namespace), second.publish(namespace));
    }

    private static <A> @Nullable Handler<A> or(@Nullable Handler<A> one, @Nullable Handler<A> other) {
        return one == null ? other : one;
    }
}
