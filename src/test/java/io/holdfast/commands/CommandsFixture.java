package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import io.holdfast.access.AccessOptions;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.Login;
import io.holdfast.access.PayloadForm;
import io.holdfast.access.Rules;
import io.holdfast.cluster.AskingNodes;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Connections;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.commit.Delivery;
import io.holdfast.delivery.commit.PlainPayloads;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.calls.CallSettings;
import io.holdfast.handlers.calls.Calls;
import io.holdfast.schema.ClientProtocol;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Opened;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Commands over delivery over the memory engine, and clients that say frames and note what they hear. */
final class CommandsFixture implements AutoCloseable {
    static final String SECRET = "a secret of at least thirty-two bytes";

    private final AtomicLong wallAheadMillis = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(1).toNanos());
    final DeliveryClock clock = new DeliveryClock() {
        @Override
        public long millis() {
            return 1_700_000_000_000L + nanos.get() / 1_000_000;
        }

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public long wallMillis(long millis) {
            return millis + wallAheadMillis.get();
        }

        @Override
        public long leadMillis() {
            return -wallAheadMillis.get();
        }
    };
    /** How many batches the engine was given. */
    final AtomicInteger batches = new AtomicInteger();

    /** The engine stores nothing before this completes. */
    volatile CompletableFuture<Void> storing = CompletableFuture.completedFuture(null);

    /** Called with the method's name when a connection has queued a reply, before its command goes on. */
    volatile Consumer<String> afterReply = method -> {};

    /** Called before the engine opens an outbox. */
    volatile Runnable opening = () -> {};

    /** Why nothing can be read; null if it can. */
    volatile EngineException.Reason unreadable;

    final MemoryEngine engine = new MemoryEngine(clock::millis) {
        @Override
        public StreamStatus info(String stream) {
            requireReadable();
            return super.info(stream);
        }

        @Override
        public Opened open(String stream, String claimed, long openedAgoMillis) {
            opening.run();
            requireReadable();
            return super.open(stream, claimed, openedAgoMillis);
        }

        @Override
        public CompletionStage<List<AppendOutcome>> append(List<Append> batch) {
            batches.incrementAndGet();
            storing.join();
            return super.append(batch);
        }
    };
    final WallClock wall = () -> Instant.ofEpochMilli(clock.wallMillis(clock.millis()));
    final Delivery manager;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger unfinished = new AtomicInteger();

    /** Of handlers, and of what follows them. */
    private final Executor counting = work -> {
        unfinished.incrementAndGet();
        threads.execute(() -> {
            try {
                work.run();
            } finally {
                unfinished.decrementAndGet();
            }
        });
    };

    private final Conversations conversations;
    final AccessPolicy policy;
    final Calls calls;

    static CommandsFixture insecure() {
        return new CommandsFixture(
                Rules.options(true, null, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()));
    }

    static CommandsFixture secure() {
        return new CommandsFixture(
                Rules.options(false, SECRET, AllowedClients.CLIENTS, AllowedClients.NOBODY, List.of()));
    }

    CommandsFixture(AccessOptions access) {
        this(access, Handlers.NONE);
    }

    CommandsFixture(AccessOptions access, Handlers handlers) {
        this(access, handlers, ServerTags.ASKED);
    }

    CommandsFixture(AccessOptions access, Handlers handlers, ServerTags serverTags) {
        calls = new Calls(counting, new CallSettings(64, 100, 16, Duration.ofSeconds(10)), clock::nanos);
        policy = new AccessPolicy(access);
        ChannelOptions options = new ChannelOptions() {
            @Override
            public Retention retention(String channel) {
                return new Retention(10, 1 << 20, Retention.Overflow.DROP_OLDEST);
            }

            @Override
            public Duration timeToLive(String channel) {
                return Duration.ofSeconds(300);
            }

            @Override
            public Deduplication deduplication(String channel) {
                return new Deduplication(Duration.ofSeconds(300), null, false);
            }

            @Override
            public boolean anyPayload(String channel) {
                return policy.namespace(channel).payload() == PayloadForm.ANY;
            }

            @Override
            public boolean joinLeave(String channel) {
                return policy.namespace(channel).joinLeave();
            }
        };
        DeliveryThreads deliveryThreads =
                new DeliveryThreads(part -> work -> new Thread(work, "test-" + part), counting, counting);
        manager = new Delivery(
                new GuardedEngine(engine),
                engine,
                options,
                DeliverySettings.defaults(),
                clock,
                wall,
                new PlainPayloads(),
                deliveryThreads,
                event -> false);
        manager.start();
        CommandSettings settings = new CommandSettings(
                "1.2.3",
                "n1",
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                64 << 10,
                100,
                100,
                3,
                serverTags);
        conversations = new Conversations(
                new Connections() {
                    @Override
                    public Limit mayConnect(String address) {
                        return manager.mayConnect(address);
                    }

                    @Override
                    public RegisteredConnection register(
                            String id, Connection transport, WireFormat format, String address) {
                        return watched(manager.register(id, transport, format, address));
                    }
                },
                manager,
                AskingNodes.alone(manager, manager.here(), settings.node(), settings.version()),
                policy,
                settings,
                clock,
                wall,
                principal -> new Login(principal.getName(), wall.now().toEpochMilli() + 60_000, "token-of-the-login"),
                deliveryThreads,
                new Handling(handlers, calls, new HandlerSettings("/realm/roles", List.of("X-Shop"))));
    }

    private void requireReadable() {
        EngineException.Reason reason = unreadable;
        if (reason != null) {
            throw new EngineException(reason, "as the test asked", null);
        }
    }

    private RegisteredConnection watched(RegisteredConnection connection) {
        return (RegisteredConnection) Proxy.newProxyInstance(
                CommandsFixture.class.getClassLoader(),
                new Class<?>[] {RegisteredConnection.class},
                (proxy, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (List.of("reply", "replyConnected", "start").contains(method.getName())) {
                        afterReply.accept(method.getName());
                    }
                    return result;
                });
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Whether all has been done that follows from the handlers' calls until now. */
    boolean settled() {
        return unfinished.get() == 0;
    }

    /** Wall time is stepped; the steady clock is not. */
    void step(Duration time) {
        wallAheadMillis.addAndGet(time.toMillis());
    }

    /** A token of these claims, without braces; {@code NOW} stands for the second it is. */
    String token(String claims) {
        try {
            JWSObject token = new JWSObject(
                    new JWSHeader(JWSAlgorithm.HS256),
                    new Payload(
                            "{" + claims.replace("NOW", Long.toString(wall.now().getEpochSecond())) + "}"));
            token.sign(new MACSigner(SECRET));
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    public void close() {
        storing.complete(null);
        manager.stop();
        threads.shutdownNow();
    }

    /** A client's end. Does not answer pings by itself. */
    final class Peer implements Connection {
        final Conversation conversation;
        private final Format format;
        private final List<String> heard = new ArrayList<>();
        private final ByteArrayOutputStream heardBytes = new ByteArrayOutputStream();
        private Ending ending;

        Peer() {
            this(Format.JSON);
        }

        Peer(Format format) {
            this(format, null);
        }

        /** @param principal whom the container has let in, for a minute; null for nobody */
        Peer(Format format, Principal principal) {
            this.format = format;
            this.conversation = conversations.begin(
                    this,
                    Handshake.of(
                            format,
                            new io.holdfast.commands.Peer("10.0.0.9", Map.of("x-shop", "7"), Set.of("vip")),
                            principal));
        }

        Peer say(String... commands) {
            conversation.receive(String.join("\n", commands));
            return this;
        }

        /** Says commands in one frame of Protobuf. */
        Peer say(ClientProtocol.Command.Builder... commands) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            try {
                for (ClientProtocol.Command.Builder command : commands) {
                    command.build().writeDelimitedTo(frame);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            conversation.receive(frame.toByteArray());
            return this;
        }

        /** Connects in insecure mode. */
        Peer connect(String data) {
            say("{\"id\":1,\"connect\":{\"data\":" + data + "}}");
            return hears("\"id\":1,\"connect\"");
        }

        /** Waits for a piece that contains a text. */
        Peer hears(String part) {
            try {
                until(() -> heard().stream().anyMatch(piece -> piece.contains(part)));
            } catch (AssertionError e) {
                throw new AssertionError("expected " + part + " in " + heard() + ", ended with " + ended(), e);
            }
            return this;
        }

        Peer hearsError(int id, int code) {
            return hears("{\"id\":" + id + ",\"error\":{\"code\":" + code + ",");
        }

        void endsWith(int code) {
            until(() -> ended() != null);
            assertThat(ended().code()).as("close code after %s", heard()).isEqualTo(code);
        }

        /** Everything heard so far, once all that was said before is answered. */
        List<String> afterAll(int id) {
            say("{\"id\":" + id + ",\"ping\":{}}");
            hears("{\"id\":" + id + ",\"ping\":{}}");
            return heard();
        }

        synchronized List<String> heard() {
            return List.copyOf(heard);
        }

        /** What a peer that speaks Protobuf has heard so far. */
        synchronized List<ClientProtocol.Reply> replies() {
            ByteArrayInputStream in = new ByteArrayInputStream(heardBytes.toByteArray());
            List<ClientProtocol.Reply> replies = new ArrayList<>();
            try {
                while (in.available() > 0) {
                    replies.add(ClientProtocol.Reply.parseDelimitedFrom(in));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return replies;
        }

        synchronized Ending ended() {
            return ending;
        }

        @Override
        public synchronized void send(byte[] frame, int length) {
            if (format == Format.PROTOBUF) {
                heardBytes.write(frame, 0, length);
                return;
            }
            heard.addAll(List.of(new String(frame, 0, length, UTF_8).split("\n", -1)));
        }

        @Override
        public void sendAsync(byte[] frame, int length, Consumer<Throwable> done) {
            send(frame, length);
            threads.execute(() -> done.accept(null));
        }

        @Override
        public void close(Ending why) {
            synchronized (this) {
                ending = why;
            }
            conversation.ended(false);
        }
    }
}
