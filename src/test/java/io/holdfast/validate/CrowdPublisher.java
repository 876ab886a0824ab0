package io.holdfast.validate;

import io.holdfast.validate.Api.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Publishes to outboxes of its own and to channels that it shares with others, each message at a node of a seed, and again at
 * another one until there is a receipt. Its receipts must have rising offsets. One in twenty messages to a client with one device
 * expires soon.
 *
 * <p>Threads: one of its own.
 */
final class CrowdPublisher implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final int PAUSE_MILLIS = 60;
    private static final int TTL_SECONDS = 2;
    private static final int SAMPLED = 20;

    /** Final states are forgotten after a while: the state of a message is asked for within this time. */
    private static final Duration REMEMBERED = Duration.ofSeconds(60);

    /** A message to a client. {@code nanos} when it was sent */
    record Sent(String client, String id, long nanos) {
        private boolean isOlderThan(Duration age) {
            return System.nanoTime() - nanos > age.toNanos();
        }
    }

    private final String name;
    private final List<Api> nodes;
    private final List<String> clients;
    private final List<String> channels;
    private final Random random;
    private final Map<String, Receipt> last = new HashMap<>();
    private final Deque<Sent> expiring = new ArrayDeque<>();
    private final List<Sent> sample = new ArrayList<>();
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "crowd-publisher");
    private volatile boolean stopping;
    private volatile int attempts;
    private volatile String failure = "";

    CrowdPublisher(String name, List<Api> nodes, List<String> clients, List<String> channels, Random random) {
        this.name = name;
        this.nodes = nodes;
        this.clients = clients;
        this.channels = channels;
        this.random = random;
        thread.setDaemon(true);
        thread.start();
    }

    int attempts() {
        return attempts;
    }

    /** Answers that were no receipts, and how often they came. */
    Map<String, Integer> refusals() {
        return refusals;
    }

    /** Messages that may have expired, unless their state has been asked for already. */
    List<Sent> expiring() {
        synchronized (expiring) {
            return List.copyOf(expiring);
        }
    }

    /** Some of the messages that do not expire and have been accepted, of the last minute. */
    List<Sent> sample() {
        synchronized (sample) {
            return sample.stream().filter(sent -> !sent.isOlderThan(REMEMBERED)).toList();
        }
    }

    private void run() {
        try {
            for (int n = 0; !stopping; n++) {
                String id = name + "-" + n;
                if (random.nextInt(8) == 0) {
                    String channel = channels.get(random.nextInt(channels.size()));
                    until(channel, id, api -> api.publish(channel, id, "{\"n\":" + id.hashCode() + "}"));
                } else {
                    String client = clients.get(random.nextInt(clients.size()));
                    String more = client.contains("-tab-") && random.nextInt(20) == 0 ? expiring(client, id) : "";
                    until("#" + client, id, api -> api.send(client, id, "{\"n\":" + id.hashCode() + "}", more));
                    if (more.isEmpty() && n % SAMPLED == 0) {
                        synchronized (sample) {
                            sample.add(new Sent(client, id, System.nanoTime()));
                        }
                    }
                }
                askForOneThatExpired();
                Thread.sleep(1 + random.nextInt(2 * PAUSE_MILLIS));
            }
        } catch (NotHeldException e) {
            failure = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String expiring(String client, String id) {
        synchronized (expiring) {
            expiring.add(new Sent(client, id, System.nanoTime()));
        }
        return ",\"ttl\":" + TTL_SECONDS;
    }

    /** The state of the first of them, which is recorded. It is asked for again until it is a final one. */
    private void askForOneThatExpired() throws InterruptedException {
        Sent first;
        synchronized (expiring) {
            first = expiring.peek();
        }
        if (first == null || !first.isOlderThan(Duration.ofSeconds(2 * TTL_SECONDS))) {
            return;
        }
        try {
            String state = nodes.get(random.nextInt(nodes.size())).state(first.client(), first.id());
            synchronized (expiring) {
                expiring.remove();
                if (!state.equals("expired") && !state.equals("acknowledged")) {
                    expiring.add(first);
                }
            }
        } catch (IOException | NotHeldException e) {
            refusals.merge(Crowd.kind(e), 1, Integer::sum);
        }
    }

    private interface Attempt {
        Receipt at(Api node) throws IOException, InterruptedException;
    }

    private void until(String channel, String id, Attempt attempt) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            attempts++;
            try {
                accepted(channel, id, attempt.at(nodes.get(random.nextInt(nodes.size()))));
                return;
            } catch (IOException | NotHeldException e) {
                refusals.merge(Crowd.kind(e), 1, Integer::sum);
                if (System.nanoTime() > end) {
                    throw new NotHeldException(id + " was not accepted within " + LIMIT + ": " + e);
                }
            }
            Thread.sleep(50 + random.nextInt(100));
        }
    }

    private void accepted(String channel, String id, Receipt receipt) {
        Receipt before = last.put(channel, receipt);
        if (before != null && before.epoch().equals(receipt.epoch()) && before.offset() >= receipt.offset()) {
            failure = id + " was stored at " + receipt.offset() + " of " + channel
                    + ", and its predecessor, accepted before, at " + before.offset();
        }
    }

    /** Stops after what is under way. @return what does not hold */
    Optional<String> stop(Duration patience) throws InterruptedException {
        stopping = true;
        thread.join(patience.toMillis());
        if (thread.isAlive()) {
            return Optional.of("publisher " + name + " gets no receipt: " + refusals);
        }
        return failure.isEmpty() ? Optional.empty() : Optional.of(failure);
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }
}
