package io.holdfast.validate;

import io.holdfast.client.Json;
import io.holdfast.validate.Event.Joined;
import io.holdfast.validate.Event.Left;
import io.holdfast.validate.Event.Received;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recipient as a stock SDK is one: it keeps its position on each channel, presents it when it comes back, hears nothing
 * any more from a connection it has given up. All that it is told and gets is recorded.
 *
 * <p>Threads: the scenario calls the methods; the reader of the current connection hears. Both under this object's lock.
 */
final class Device implements AutoCloseable {
    /** Where a channel was left. */
    record Position(String epoch, long offset) {}

    private final Target target;
    private final Format format;
    private final Recorder recorder;
    private final String client;
    private final String name;
    private final String data;
    private Supplier<URI> endpoint;
    private int lives = 1;
    private int connections;
    private int receiveBuffer;
    private boolean silent;
    private final Map<String, Position> positions = new HashMap<>();
    private final Set<String> subscribed = new LinkedHashSet<>();
    private final Set<String> presented = new HashSet<>();
    private final Map<Long, String> asked = new HashMap<>();
    private final Map<String, Set<String>> received = new LinkedHashMap<>();
    private final Map<String, Json> payloads = new HashMap<>();
    private @Nullable Conversation conversation;

    /**
     * @param name unique among all that is recorded: tabs are devices of their own here
     * @param data more fields of the connect data, each after a comma
     */
    Device(Target target, Format format, Recorder recorder, String name, String client, String data) {
        this.target = target;
        this.format = format;
        this.recorder = recorder;
        this.client = client;
        this.name = name;
        this.data = data;
        this.endpoint = () -> target.endpoint(format);
    }

    String client() {
        return client;
    }

    String outbox() {
        return "#" + client;
    }

    /** From the next connect on. */
    synchronized Device through(FaultProxy proxy) {
        endpoint = () -> target.endpointThrough(proxy.port(), format);
        return this;
    }

    /** From the next connect on: the kernel holds little for it. */
    synchronized Device narrow() {
        receiveBuffer = 4096;
        return this;
    }

    /** From the next connect on it answers no pings. */
    synchronized Device silent() {
        silent = true;
        return this;
    }

    /** Connects, as the SDK instance that was there before. @return the reply's part on the outbox */
    Json connect() throws IOException, InterruptedException {
        Conversation opened;
        StringBuilder request = new StringBuilder();
        synchronized (this) {
            giveUp();
            int number = ++connections;
            opened = Conversation.open(
                    endpoint.get(), target.trust(), format, receiveBuffer, message -> heard(number, message));
            if (silent) {
                opened.ignorePings();
            }
            conversation = opened;
            presented.clear();
            asked.clear();
            request.append(target.identity(client, data + ",\"tags\":true"));
            Position position = positions.get(outbox());
            if (position != null) {
                presented.add(outbox());
                request.append(",\"subs\":{")
                        .append(Json.quoted(outbox()))
                        .append(":{\"recover\":true,")
                        .append(fields(position))
                        .append("}}");
            }
        }
        Json result = opened.command("connect", request.toString());
        for (String channel : Set.copyOf(subscribed)) {
            subscribe(channel);
        }
        return result.at("subs", outbox());
    }

    private static String fields(Position position) {
        return "\"epoch\":" + Json.quoted(position.epoch()) + ",\"offset\":" + position.offset();
    }

    /** Subscribes, with the position if it has one. @return the result */
    Json subscribe(String channel) throws IOException, InterruptedException {
        Conversation line = line();
        int id;
        synchronized (this) {
            subscribed.add(channel);
            Position position = positions.get(channel);
            String recover = "";
            if (position != null) {
                presented.add(channel);
                recover = ",\"recover\":true," + fields(position);
            }
            String request = "\"channel\":" + Json.quoted(channel) + recover + target.permission(client, channel);
            id = line.tell("subscribe", request);
            asked.put((long) id, channel);
        }
        Json reply =
                line.await("the reply to subscribe", message -> message.at("id").number() == id, Conversation.PATIENCE);
        if (reply.has("error")) {
            throw new NotHeldException("subscribe was refused: " + reply.at("error"));
        }
        return reply.at("subscribe");
    }

    private synchronized void heard(int number, Json message) {
        if (number != connections) {
            return;
        }
        String line = name + "/" + lives + "/" + number;
        message.at("connect", "subs").fields().forEach((channel, sub) -> joined(line, channel, sub));
        String channel = asked.get(message.at("id").number());
        if (channel != null && message.has("subscribe")) {
            joined(line, channel, message.at("subscribe"));
        }
        Json pub = message.at("push", "pub");
        if (!pub.fields().isEmpty()) {
            received(line, message.at("push", "channel").text(), pub);
        }
        notifyAll();
    }

    private void joined(String line, String channel, Json sub) {
        Position start = new Position(sub.at("epoch").text(), sub.at("offset").number());
        positions.put(channel, start);
        recorder.record(new Joined(
                name,
                name + "/" + lives,
                line,
                channel,
                start.epoch(),
                start.offset(),
                presented.contains(channel),
                sub.at("recovered").isTrue()));
    }

    private void received(String line, String channel, Json pub) {
        String id = pub.at("tags", "id").text();
        long offset = pub.at("offset").number();
        received.computeIfAbsent(channel, key -> new LinkedHashSet<>()).add(id);
        payloads.put(id, pub.at("data"));
        Position before = positions.get(channel);
        if (before == null || offset == 0) {
            return; // nothing that this device asked for, or nothing that is in a stream
        }
        positions.put(channel, new Position(before.epoch(), offset));
        recorder.record(new Received(name + "/" + lives, line, channel, before.epoch(), offset, id));
    }

    /** Waits until this instance has got all of these. */
    synchronized void await(String channel, Collection<String> ids, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!got(channel).containsAll(ids)) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0 || !isOpen()) { // its end is told after all that came
                throw new NotHeldException(name + " has got " + got(channel).size() + " of " + ids.size() + " within "
                        + patience.toSeconds() + " s; first missing: " + firstMissing(channel, ids)
                        + (isOpen() ? "" : "; the connection has ended"));
            }
            wait(Math.min(millis, 200));
        }
    }

    private String firstMissing(String channel, Collection<String> ids) {
        return ids.stream().filter(id -> !got(channel).contains(id)).findFirst().orElse("none");
    }

    /** Waits until this instance has got all of these, and comes back as often as the connection ends. */
    void awaitThroughFaults(String channel, Collection<String> ids, Duration patience)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        String last = "nothing";
        while (System.nanoTime() < end) {
            try {
                if (!isOpen()) {
                    connect();
                }
                await(channel, ids, Duration.ofSeconds(1));
                return;
            } catch (IOException | NotHeldException e) {
                last = String.valueOf(e.getMessage());
                Thread.sleep(50);
            }
        }
        throw new NotHeldException("although it has reconnected for " + patience.toSeconds() + " s: " + last);
    }

    /** The ids that this instance has got on a channel, in their order. */
    synchronized Set<String> got(String channel) {
        return new LinkedHashSet<>(received.getOrDefault(channel, Set.of()));
    }

    /** What came with this id, on whatever channel. */
    synchronized Json payload(String id) {
        return payloads.getOrDefault(id, Json.ABSENT);
    }

    synchronized @Nullable Position position(String channel) {
        return positions.get(channel);
    }

    /** Presents this position at the next connect. */
    synchronized void remember(String channel, Position position) {
        positions.put(channel, position);
    }

    synchronized Conversation line() {
        if (conversation == null) {
            throw new IllegalStateException(name + " has not connected");
        }
        return conversation;
    }

    synchronized boolean isOpen() {
        return conversation != null && conversation.isOpen();
    }

    /** Cuts the connection; what it may still say is not heard any more. */
    synchronized void drop() {
        giveUp();
    }

    private void giveUp() {
        connections++;
        if (conversation != null) {
            conversation.drop();
        }
    }

    /** It will not come back: nothing is owed to it any more. */
    synchronized void leave() {
        giveUp();
        recorder.record(new Left(name));
    }

    /** Cuts the connection and forgets everything, as a page that is reloaded. */
    synchronized void reload() {
        giveUp();
        lives++;
        positions.clear();
        received.clear();
        payloads.clear();
    }

    @Override
    public synchronized void close() {
        connections++;
        if (conversation != null) {
            conversation.close();
        }
    }
}
