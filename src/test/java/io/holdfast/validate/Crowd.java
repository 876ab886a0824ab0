package io.holdfast.validate;

import io.holdfast.client.Trust;
import io.holdfast.validate.Event.Accepted;
import io.holdfast.validate.Event.Joined;
import io.holdfast.validate.Event.Received;
import io.holdfast.validate.Event.Told;
import io.holdfast.validate.FaultProxy.Fault;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Devices that move between the nodes of a cluster, publishers that send to them at all nodes, and the check of what was accepted
 * against what came.
 *
 * <p>Of ten devices four are tabs of a client that has no other, two are the tabs of one client, and four are the two named
 * devices of two clients. Every second of them subscribes to a channel; of the others, those are reloaded now and then that are
 * alone or have a name. One half speaks JSON, the other Protobuf.
 */
public final class Crowd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int CHANNELS = 12;
    private static final int PUBLISHERS = 9;

    private final String name;
    private final List<FaultProxy> networks = new ArrayList<>();
    private final List<Api> apis = new ArrayList<>();
    private final Recorder recorder = new Recorder();
    private final Recorder receipts = new Recorder();
    private final List<MovingDevice> devices = new ArrayList<>();
    private final List<CrowdPublisher> publishers = new ArrayList<>();

    /**
     * What has come of it.
     *
     * @param broken what does not hold; empty if all does
     * @param figures how much there was
     */
    public record Outcome(List<String> broken, String figures) {}

    /**
     * Connects the devices and begins to publish when all of them are there.
     *
     * @param name of this crowd, in the ids of its messages; clients and channels have the same names in every crowd
     * @param nodes the base URLs
     */
    public Crowd(String name, List<URI> nodes, String apiKey, int size, long seed)
            throws IOException, InterruptedException {
        this.name = name;
        Random random = new Random(seed);
        List<Target> targets =
                nodes.stream().map(node -> new Target(node, null, apiKey, null)).toList();
        for (Target target : targets) {
            networks.add(new FaultProxy(target.base(), Trust.ofJava()));
            apis.add(new Api(target, receipts));
        }
        Set<String> clients = new HashSet<>();
        for (int i = 0; i < size; i++) {
            devices.add(device(i, targets.get(0), clients, new Random(random.nextLong())));
        }
        awaitJoined();
        List<String> sorted = clients.stream().sorted().toList();
        for (int i = 0; i < PUBLISHERS; i++) {
            int mine = i;
            List<String> outboxes = sorted.stream()
                    .filter(client -> Math.floorMod(client.hashCode(), PUBLISHERS) == mine)
                    .toList();
            publishers.add(
                    new CrowdPublisher(name + "-" + i, apis, outboxes, channels(), new Random(random.nextLong())));
        }
    }

    private static List<String> channels() {
        return IntStream.range(0, CHANNELS).mapToObj(i -> "crowd:" + i).toList();
    }

    private MovingDevice device(int i, Target target, Set<String> clients, Random random) {
        int kind = i % 10;
        String client = "crowd-" + (kind < 4 ? "tab-" + i : kind < 6 ? "tabs-" + i / 10 : "named-" + i / 2);
        String data = kind < 6 ? "" : ",\"device\":\"" + (i % 2 == 0 ? "phone" : "till") + "\"";
        boolean subscribes = i / 2 % 2 == 0 || kind == 4 || kind == 5;
        clients.add(client);
        Format format = random.nextBoolean() ? Format.JSON : Format.PROTOBUF;
        Device device = new Device(target, format, recorder, name + "-device-" + i, client, data);
        return new MovingDevice(device, networks, subscribes ? "crowd:" + random.nextInt(CHANNELS) : "", random);
    }

    private void awaitJoined() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!devices.stream().allMatch(MovingDevice::hasJoined)) {
            if (System.nanoTime() > end) {
                close();
                throw new NotHeldException("not all could connect: " + troubles());
            }
            Thread.sleep(50);
        }
    }

    /** Ends the connections of all devices that are at this node, by RST. */
    public void reset(int node) {
        networks.get(node).reset();
    }

    /** The network between devices and this node carries nothing, or carries on. */
    public void stall(int node, boolean stalled) {
        networks.get(node).set(stalled ? Fault.STALL : Fault.NONE);
    }

    /** Stops publishing and moving, waits until everything has arrived, and says what has not, or not as it should. */
    public Outcome settle() throws IOException, InterruptedException {
        Outcome outcome = settle(UnaryOperator.identity());
        if (unrecovered() > 0) {
            outcome.broken().add(unrecovered() + " times a device was told recovered: false");
        }
        return outcome;
    }

    /**
     * The same after a failover of the database, which begins new epochs: devices are told, all that is kept comes again at its
     * offset, and devices deduplicate by id.
     */
    public Outcome settleInNewEpochs() throws IOException, InterruptedException {
        Outcome outcome = settle(Crowd::deduplicated);
        if (unrecovered() == 0) {
            outcome.broken().add("no device was told of a new epoch");
        }
        return outcome;
    }

    private static List<Event> deduplicated(List<Event> history) {
        List<Event> seen = new ArrayList<>();
        Set<String> handled = new HashSet<>();
        for (Event event : history) {
            if (event instanceof Accepted it) {
                seen.add(new Accepted(it.channel(), it.id(), "", it.offset(), it.duplicate()));
            } else if (event instanceof Joined it) {
                seen.add(new Joined(
                        it.device(),
                        it.instance(),
                        it.connection(),
                        it.channel(),
                        "",
                        it.offset(),
                        it.presented(),
                        true));
            } else if (event instanceof Received it) {
                String device = it.instance().substring(0, it.instance().indexOf('/'));
                if (handled.add(device + " " + it.id())) {
                    seen.add(new Received(it.instance(), it.connection(), it.channel(), "", it.offset(), it.id()));
                }
            } else {
                seen.add(event);
            }
        }
        return seen;
    }

    private Outcome settle(UnaryOperator<List<Event>> view) throws IOException, InterruptedException {
        List<String> broken = new ArrayList<>();
        for (CrowdPublisher publisher : publishers) {
            publisher.stop(PATIENCE).ifPresent(broken::add);
        }
        devices.forEach(MovingDevice::settle);
        long begun = System.nanoTime();
        Verdict verdict = verdict(view);
        while (!verdict.holds() && System.nanoTime() - begun < PATIENCE.toNanos()) {
            askForMissing();
            Thread.sleep(500);
            verdict = verdict(view);
        }
        long settled = (System.nanoTime() - begun) / 1_000_000;
        if (verdict.holds()) {
            comeBack(begun + 2 * PATIENCE.toNanos());
            verdict = verdict(view);
        }
        if (!verdict.holds()) {
            broken.add(verdict.toString());
        }
        publishers.stream()
                .flatMap(publisher -> publisher.sample().stream())
                .forEach(sent -> unconfirmed(sent, broken));
        Map<String, Integer> troubles = troubles();
        troubles.keySet().stream().filter(what -> what.startsWith("FINAL")).forEach(broken::add);
        return new Outcome(broken, figures(settled) + "; " + troubles);
    }

    /** All connect once more: nothing may come again. */
    private void comeBack(long end) throws InterruptedException {
        devices.forEach(MovingDevice::comeBack);
        while (!devices.stream().allMatch(MovingDevice::isBack)) {
            if (System.nanoTime() > end) {
                throw new NotHeldException("not all can connect: " + troubles());
            }
            Thread.sleep(50);
        }
        Thread.sleep(1_000);
    }

    /** What has arrived is confirmed soon, and every node says so. */
    private void unconfirmed(CrowdPublisher.Sent sent, List<String> broken) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (Api node : apis) {
                String state = node.state(sent.client(), sent.id());
                while (!state.equals("acknowledged") && System.nanoTime() < end) {
                    Thread.sleep(200);
                    state = node.state(sent.client(), sent.id());
                }
                if (!state.equals("acknowledged")) {
                    broken.add(sent + " is " + state);
                    return;
                }
            }
        } catch (IOException e) {
            broken.add("the state of " + sent + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often a device was told {@code recovered: false}: no fault here lasts so long that anything could be gone. */
    private long unrecovered() {
        return recorder.history().stream()
                .filter(event -> event instanceof Joined joined && joined.presented() && !joined.recovered())
                .count();
    }

    /** The same for all ports and numbers of messages. */
    static String kind(Exception failure) {
        String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return text.replaceAll("[0-9]{4,}", "…").replace("?cf_protocol=protobuf", "");
    }

    private String figures(long settledMillis) {
        List<Event> history = recorder.history();
        return count(receipts.history(), Accepted.class) + " receipts in "
                + publishers.stream().mapToInt(CrowdPublisher::attempts).sum() + " attempts, "
                + count(history, Received.class) + " deliveries, "
                + devices.stream().mapToInt(MovingDevice::connects).sum() + " connects of " + devices.size()
                + " devices, settled after " + settledMillis + " ms";
    }

    private static long count(List<Event> history, Class<? extends Event> kind) {
        return history.stream().filter(kind::isInstance).count();
    }

    private Map<String, Integer> troubles() {
        Map<String, Integer> all = new TreeMap<>();
        devices.forEach(device -> device.troubles().forEach((what, count) -> all.merge(what, count, Integer::sum)));
        publishers.forEach(
                publisher -> publisher.refusals().forEach((what, count) -> all.merge(what, count, Integer::sum)));
        return all;
    }

    /**
     * Two publishers at two nodes get their receipts in any order: what counts is that each of them gets its own in order. Nothing
     * says before which connect of a device a message was acknowledged.
     */
    private Verdict verdict(UnaryOperator<List<Event>> view) {
        List<Event> history = new ArrayList<>();
        receipts.history().stream()
                .filter(Accepted.class::isInstance)
                .sorted(Comparator.comparing(event -> ((Accepted) event).channel())
                        .thenComparing(event -> ((Accepted) event).offset()))
                .forEach(history::add);
        receipts.history().stream()
                .filter(event -> event instanceof Told told && !told.state().equals("acknowledged"))
                .forEach(history::add);
        history.addAll(recorder.history());
        return Checker.check(view.apply(history));
    }

    /** What expires, or what was given up, has not come: its state says so. */
    private void askForMissing() throws IOException, InterruptedException {
        Set<String> received = new HashSet<>();
        recorder.history().forEach(event -> {
            if (event instanceof Received got) {
                received.add(got.id());
            }
        });
        for (CrowdPublisher publisher : publishers) {
            for (CrowdPublisher.Sent sent : publisher.expiring()) {
                if (!received.contains(sent.id())) {
                    apis.get(0).state(sent.client(), sent.id());
                }
            }
        }
    }

    @Override
    public void close() {
        publishers.forEach(CrowdPublisher::close);
        devices.forEach(MovingDevice::close);
        networks.forEach(FaultProxy::close);
    }
}
