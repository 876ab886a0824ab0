package io.holdfast.handlers.backend;

import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import java.net.URI;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.faulttolerance.exceptions.FaultToleranceException;
import org.jspecify.annotations.Nullable;

/**
 * Answers clients by asking back ends.
 *
 * <p><b>Failure.</b> If there is no reply, the client gets a temporary error, and one that connects is closed with a code after
 * which it comes back. A reply that cannot be used is logged with an id, which the client gets with error 100. Nothing else that a
 * back end says reaches a client or the log.
 */
public final class Backends implements Handlers {
    private static final Logger LOG = Logger.getLogger(Backends.class.getName());
    private static final int INTERNAL = 100;
    private static final int CLOSED_TEMPORARILY = 3004;

    /** One guarded call. */
    private interface Exchange {
        byte[] ask(BackendRequest request) throws InterruptedException;
    }

    /** What answers an event. */
    private record Way(BackendEvent event, URI url, Tally tally) {}

    private final BackendSettings settings;
    private final LongSupplier nanos;
    private final Map<BackendEvent, Map<URI, Way>> ways = new EnumMap<>(BackendEvent.class);
    private final Map<BackendEvent, Exchange> exchanges = new EnumMap<>(BackendEvent.class);

    /** @param nanos as {@link System#nanoTime} */
    public Backends(BackendSettings settings, GuardedBackends guarded, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
        exchanges.put(BackendEvent.CONNECT, guarded::connect);
        exchanges.put(BackendEvent.REFRESH, guarded::refresh);
        exchanges.put(BackendEvent.SUBSCRIBE, guarded::subscribe);
        exchanges.put(BackendEvent.SUB_REFRESH, guarded::subRefresh);
        exchanges.put(BackendEvent.PUBLISH, guarded::publish);
        exchanges.put(BackendEvent.RPC, guarded::rpc);
        settings.routes().forEach((event, routes) -> {
            Map<URI, Way> known = new HashMap<>();
            routes.all().forEach(url -> known.put(url, new Way(event, url, new Tally())));
            ways.put(event, known);
        });
    }

    @Override
    public boolean isEmpty() {
        return settings.routes().isEmpty();
    }

    @Override
    public @Nullable Handler<ConnectDecision> connect() {
        return handler(BackendEvent.CONNECT, "", Replies::connect);
    }

    @Override
    public @Nullable Handler<RefreshDecision> refresh() {
        return handler(BackendEvent.REFRESH, "", Replies::refresh);
    }

    @Override
    public @Nullable Handler<SubscribeDecision> subscribe(String namespace) {
        return handler(BackendEvent.SUBSCRIBE, namespace, Replies::subscribe);
    }

    @Override
    public @Nullable Handler<RefreshDecision> subRefresh(String namespace) {
        return handler(BackendEvent.SUB_REFRESH, namespace, Replies::refresh);
    }

    @Override
    public @Nullable Handler<PublishDecision> publish(String namespace) {
        return handler(BackendEvent.PUBLISH, namespace, Replies::publish);
    }

    @Override
    public @Nullable Handler<byte[]> rpc(String method) {
        return handler(BackendEvent.RPC, method, Replies::rpc);
    }

    public BackendStats stats() {
        Map<BackendEvent, BackendStats.Counts> counts = new EnumMap<>(BackendEvent.class);
        ways.forEach((event, known) -> counts.put(
                event,
                known.values().stream()
                        .map(way -> way.tally().counts())
                        .reduce(BackendStats.Counts.NONE, BackendStats.Counts::and)));
        return new BackendStats(counts);
    }

    private <A> @Nullable Handler<A> handler(BackendEvent event, String name, Function<byte[], A> reader) {
        BackendRoutes routes = settings.routes().get(event);
        URI url = routes == null ? null : routes.of(name);
        Map<URI, Way> known = ways.get(event);
        Way way = url == null || known == null ? null : known.get(url);
        return way == null ? null : call -> CompletableFuture.completedFuture(answer(way, call, reader));
    }

    private <A> A answer(Way way, ClientCall call, Function<byte[], A> reader) throws InterruptedException {
        BackendEvent event = way.event();
        Exchange exchange = Objects.requireNonNull(exchanges.get(event));
        Tally tally = way.tally();
        if (!tally.admits(nanos.getAsLong())) {
            tally.rejected();
            throw unavailable(event);
        }
        BackendRequest request = new BackendRequest(
                way.url(),
                UUID.randomUUID().toString(),
                Requests.body(event, call, settings.meta()),
                call.caller().headers());
        try {
            byte[] reply = exchange.ask(request);
            answered(way);
            return reader.apply(reply);
        } catch (BadReplyException e) {
            answered(way);
            tally.badReply();
            throw new BadReplyException("The reply of the back end " + shown(way.url()) + " to the request "
                    + request.id() + " cannot be used: " + e.getMessage());
        } catch (BackendBusyException e) {
            answered(way);
            tally.busy();
            throw unavailable(event, "the back end gets too many requests");
        } catch (BackendUnavailableException e) {
            if (tally.unavailable(nanos.getAsLong())) {
                LOG.log(
                        Level.WARNING,
                        "The back end for " + event.word() + ", " + shown(way.url()) + ", fails: " + e.getMessage()
                                + (e.getCause() == null ? "" : " (" + e.getCause() + ")"));
            }
            throw unavailable(event);
        } catch (InterruptedException e) { // the call took longer than a handler may
            tally.unavailable(nanos.getAsLong());
            throw e;
        } catch (FaultToleranceException e) { // the breaker is open, or the bulkhead full
            tally.rejected();
            throw unavailable(event);
        }
    }

    private static void answered(Way way) {
        long failures = way.tally().answered();
        if (failures > 0) {
            LOG.log(Level.INFO, "The back end for {0}, {1}, answers again, after {2} calls that failed", new Object[] {
                way.event().word(), shown(way.url()), failures
            });
        }
    }

    private static HandlerException unavailable(BackendEvent event) {
        return unavailable(event, "the back end does not answer");
    }

    private static HandlerException unavailable(BackendEvent event, String text) {
        return event == BackendEvent.CONNECT
                ? HandlerException.closing(CLOSED_TEMPORARILY, "internal server error")
                : new HandlerException(INTERNAL, text, true);
    }

    /** Without the query, which may hold secrets. */
    private static String shown(URI url) {
        return url.getScheme() + "://" + url.getAuthority() + url.getPath();
    }
}
