package io.holdfast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ClientInfo;
import io.github.centrifugal.centrifuge.ClientState;
import io.github.centrifugal.centrifuge.ConnectedEvent;
import io.github.centrifugal.centrifuge.ConnectingEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenGetter;
import io.github.centrifugal.centrifuge.DisconnectedEvent;
import io.github.centrifugal.centrifuge.DuplicateSubscriptionException;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.ReplyError;
import io.github.centrifugal.centrifuge.ResultCallback;
import io.github.centrifugal.centrifuge.ServerPublicationEvent;
import io.github.centrifugal.centrifuge.ServerSubscribedEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.github.centrifugal.centrifuge.TokenCallback;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The stock SDK as an application uses it, that notes what it is told. */
final class JavaSdk extends EventListener implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Client client;
    private final Consumer<Pub> handler;
    private final List<Pub> publications = new CopyOnWriteArrayList<>();
    private final List<byte[]> payloads = new CopyOnWriteArrayList<>();
    private final List<ServerSubscribedEvent> serverSubscriptions = new CopyOnWriteArrayList<>();
    private final List<SubscribedEvent> subscriptions = new CopyOnWriteArrayList<>();
    private final List<Integer> reconnects = new CopyOnWriteArrayList<>();
    private final CompletableFuture<DisconnectedEvent> disconnected = new CompletableFuture<>();
    private final CompletableFuture<ConnectedEvent> connected = new CompletableFuture<>();

    private JavaSdk(URI uri, Options options, Consumer<Pub> handler) {
        options.setMinReconnectDelay(50);
        options.setMaxReconnectDelay(200);
        this.handler = handler;
        this.client = new Client(uri.toString(), options, this);
        client.connect();
    }

    /** Connects in insecure mode; {@code data} as in {@code connect.data}, with single quotes. */
    static JavaSdk open(URI uri, String data, Object... values) {
        return open(uri, publication -> {}, data, values);
    }

    /** Likewise, with a handler of publications in the outbox. */
    static JavaSdk open(URI uri, Consumer<Pub> handler, String data, Object... values) {
        Options options = new Options();
        options.setData(Json.object(data, values).toString().getBytes(UTF_8));
        return new JavaSdk(uri, options, handler);
    }

    static JavaSdk withToken(URI uri, String token) {
        Options options = new Options();
        options.setToken(token);
        return new JavaSdk(uri, options, publication -> {});
    }

    /** Fetches another token when the SDK wants one. */
    static JavaSdk withTokens(URI uri, String first, Supplier<String> others) {
        Options options = new Options();
        options.setToken(first);
        options.setTokenGetter(new ConnectionTokenGetter() {
            @Override
            public void getConnectionToken(ConnectionTokenEvent event, TokenCallback callback) {
                callback.Done(null, others.get());
            }
        });
        return new JavaSdk(uri, options, publication -> {});
    }

    Client client() {
        return client;
    }

    JavaSdk awaitConnected() {
        get(connected);
        return this;
    }

    DisconnectedEvent awaitDisconnected() {
        return get(disconnected);
    }

    boolean isConnected() {
        return client.getState() == ClientState.CONNECTED;
    }

    /** Codes with which it was told to connect anew, the first connect not counted. */
    List<Integer> reconnects() {
        return reconnects;
    }

    /** What has come on all channels once it is so many. */
    List<Pub> publications(int count) {
        await().atMost(PATIENCE).until(() -> publications.size() >= count);
        return publications;
    }

    /** The publications' payloads to the byte. */
    List<byte[]> payloads() {
        return payloads;
    }

    /** What it was told of its outbox, for the nth time. */
    ServerSubscribedEvent outbox(int nth) {
        await().atMost(PATIENCE).until(() -> serverSubscriptions.size() >= nth);
        return serverSubscriptions.get(nth - 1);
    }

    SubscribedEvent subscribed(int nth) {
        await().atMost(PATIENCE).until(() -> subscriptions.size() >= nth);
        return subscriptions.get(nth - 1);
    }

    /** Subscribes and waits until that is done. */
    Subscription subscribe(String channel) throws DuplicateSubscriptionException {
        Subscription subscription = client.newSubscription(channel, new SubscriptionEventListener() {
            @Override
            public void onSubscribed(Subscription to, SubscribedEvent event) {
                subscriptions.add(event);
            }

            @Override
            public void onPublication(Subscription to, PublicationEvent event) {
                note(channel, event.getOffset(), event.getData(), event.getInfo());
            }
        });
        int before = subscriptions.size();
        subscription.subscribe();
        subscribed(before + 1);
        return subscription;
    }

    /** Asks and waits for the answer. */
    static <T> T answer(Consumer<ResultCallback<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        question.accept((error, result) -> {
            if (error == null) {
                answer.complete(result);
            } else {
                answer.completeExceptionally(new CompletionException(error));
            }
        });
        return get(answer);
    }

    /** Asks and waits for the error's code. */
    static <T> int refused(Consumer<ResultCallback<T>> question) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        question.accept((error, result) -> code.complete(error instanceof ReplyError reply ? reply.getCode() : -1));
        return get(code);
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** @param publisher without a user where no client has published */
    private Pub note(String channel, long offset, byte[] data, ClientInfo publisher) {
        JsonNode tags = Json.object("{}");
        JsonNode info = publisher.getUser().isEmpty() ? MissingNode.getInstance() : info(publisher);
        Pub pub = new Pub(channel, offset, Json.read(new String(data, UTF_8)), tags, info);
        payloads.add(data);
        publications.add(pub);
        return pub;
    }

    private static JsonNode info(ClientInfo publisher) {
        ObjectNode info = Json.object("{'user': '%s', 'client': '%s'}", publisher.getUser(), publisher.getClient());
        if (publisher.getConnInfo().length > 0) {
            info.set("conn_info", Json.read(new String(publisher.getConnInfo(), UTF_8)));
        }
        return info;
    }

    @Override
    public void onConnecting(Client who, ConnectingEvent event) {
        if (event.getCode() != 0) {
            reconnects.add(event.getCode());
        }
    }

    @Override
    public void onConnected(Client who, ConnectedEvent event) {
        connected.complete(event);
    }

    @Override
    public void onDisconnected(Client who, DisconnectedEvent event) {
        disconnected.complete(event);
    }

    @Override
    public void onSubscribed(Client who, ServerSubscribedEvent event) {
        serverSubscriptions.add(event);
    }

    @Override
    public void onPublication(Client who, ServerPublicationEvent event) {
        handler.accept(note(event.getChannel(), event.getOffset(), event.getData(), event.getInfo()));
    }

    @Override
    public void close() {
        try {
            client.close(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
