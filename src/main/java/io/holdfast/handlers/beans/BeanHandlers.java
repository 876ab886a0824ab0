package io.holdfast.handlers.beans;

import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import io.holdfast.handlers.calls.CallKind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The methods of an application's beans as handlers. */
public final class BeanHandlers implements Handlers {
    private final Map<Duty, BeanMethod> methods;

    BeanHandlers(Map<Duty, BeanMethod> methods) {
        this.methods = Map.copyOf(methods);
    }

    @Override
    public boolean isEmpty() {
        return methods.isEmpty();
    }

    @Override
    public Set<String> roles() {
        return methods.values().stream()
                .flatMap(method -> method.roles().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public @Nullable Handler<byte[]> rpc(String method) {
        return find(CallKind.RPC, method, BeanHandlers::json);
    }

    private static byte[] json(@Nullable Object value, Function<Object, byte[]> json) {
        return value == null ? "null".getBytes(StandardCharsets.UTF_8) : json.apply(value);
    }

    @Override
    public @Nullable Handler<?> send() {
        return find(CallKind.SEND, "", (value, json) -> "");
    }

    @Override
    public @Nullable Handler<ConnectDecision> connect() {
        return find(
                CallKind.CONNECT,
                "",
                (value, json) -> value == null ? ConnectDecision.accept() : ((ConnectDecision) value).encoded(json));
    }

    @Override
    public @Nullable Handler<RefreshDecision> refresh() {
        return find(CallKind.REFRESH, "", BeanHandlers::refreshed);
    }

    @Override
    public @Nullable Handler<RefreshDecision> subRefresh(String namespace) {
        return find(CallKind.SUB_REFRESH, namespace, BeanHandlers::refreshed);
    }

    private static RefreshDecision refreshed(@Nullable Object value, Function<Object, byte[]> json) {
        return value == null ? RefreshDecision.accept() : ((RefreshDecision) value).encoded(json);
    }

    @Override
    public @Nullable Handler<SubscribeDecision> subscribe(String namespace) {
        return find(
                CallKind.SUBSCRIBE,
                namespace,
                (value, json) ->
                        value == null ? SubscribeDecision.accept() : ((SubscribeDecision) value).encoded(json));
    }

    @Override
    public @Nullable Handler<PublishDecision> publish(String namespace) {
        return find(
                CallKind.PUBLISH,
                namespace,
                (value, json) -> value == null ? PublishDecision.accept() : ((PublishDecision) value).encoded(json));
    }

    /** @param convert what the method returned into the answer */
    private <A> @Nullable Handler<A> find(
            CallKind kind, String target, BiFunction<@Nullable Object, Function<Object, byte[]>, A> convert) {
        BeanMethod method = methods.get(new Duty(kind, target));
        return method == null ? null : call -> method.call(call, value -> convert.apply(value, method::json));
    }
}
