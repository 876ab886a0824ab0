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
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
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

    private final BackendSettings settings;
    private final Map<BackendEvent, Tally> tallies = new EnumMap<>(BackendEvent.class);
    private final Map<BackendEvent, Exchange> exchanges = new EnumMap<>(BackendEvent.class);

    public Backends(BackendSettings settings, GuardedBackends guarded) {
        this.settings = settings;
        exchanges.put(BackendEvent.CONNECT, guarded::connect);
        exchanges.put(BackendEvent.REFRESH, guarded::refresh);
        exchanges.put(BackendEvent.SUBSCRIBE, guarded::subscribe);
        exchanges.put(BackendEvent.SUB_REFRESH, guarded::subRefresh);
        exchanges.put(BackendEvent.PUBLISH, guarded::publish);
        exchanges.put(BackendEvent.RPC, guarded::rpc);
        settings.routes().keySet().forEach(event -> tallies.put(event, new Tally()));
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
        tallies.forEach((event, tally) -> counts.put(event, tally.counts()));
        return new BackendStats(counts);
    }

    private <A> @Nullable Handler<A> handler(BackendEvent event, String name, Function<byte[], A> reader) {
        BackendRoutes routes = settings.routes().get(event);
        URI url = routes == null ? null : routes.of(name);
        return url == null ? null : call -> CompletableFuture.completedFuture(answer(event, url, call, reader));
    }

    private <A> A answer(BackendEvent event, URI url, ClientCall call, Function<byte[], A> reader)
            throws InterruptedException {
        Tally tally = tallies.get(event);
        Exchange exchange = exchanges.get(event);
        if (tally == null || exchange == null) {
            throw new IllegalStateException("no back end answers " + event);
        }
        BackendRequest request = new BackendRequest(
                url,
                UUID.randomUUID().toString(),
                Requests.body(event, call, settings.meta()),
                call.caller().headers());
        tally.called();
        try {
            byte[] reply = exchange.ask(request);
            answered(event, url, tally);
            return reader.apply(reply);
        } catch (BadReplyException e) {
            answered(event, url, tally);
            tally.badReply();
            throw new BadReplyException("The reply of the back end " + shown(url) + " to the request " + request.id()
                    + " cannot be used: " + e.getMessage());
        } catch (BackendUnavailableException e) {
            if (tally.unavailable()) {
                LOG.log(
                        Level.WARNING,
                        "The back end for " + event.word() + ", " + shown(url) + ", fails: " + e.getMessage()
                                + (e.getCause() == null ? "" : " (" + e.getCause() + ")"));
            }
            throw unavailable(event);
        } catch (FaultToleranceException e) { // the breaker is open, or the bulkhead full
            tally.rejected();
            throw unavailable(event);
        }
    }

    private static void answered(BackendEvent event, URI url, Tally tally) {
        long failures = tally.answered();
        if (failures > 0) {
            LOG.log(Level.INFO, "The back end for {0}, {1}, answers again, after {2} calls that failed", new Object[] {
                event.word(), shown(url), failures
            });
        }
    }

    private static HandlerException unavailable(BackendEvent event) {
        return event == BackendEvent.CONNECT
                ? HandlerException.closing(CLOSED_TEMPORARILY, "internal server error")
                : new HandlerException(INTERNAL, "the back end does not answer", true);
    }

    /** Without the query, which may hold secrets. */
    private static String shown(URI url) {
        return url.getScheme() + "://" + url.getAuthority() + url.getPath();
    }
}
