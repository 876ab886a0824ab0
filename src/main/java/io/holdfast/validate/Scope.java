package io.holdfast.validate;

import io.holdfast.validate.FaultProxy.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario works with: one for each run of a scenario. Whatever it opens here ends with it, from whatever thread
 * {@link #close} is called.
 */
final class Scope implements AutoCloseable {
    /** Names differ from run to run, so that a seed can be repeated against the same server. */
    private static final String RUN = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);

    private static int names;

    private final Target target;
    private final Format format;
    private final Settings settings;
    private final @Nullable Spawned spawned;
    private final Random random;
    private final Recorder recorder = new Recorder();
    private final Api api;
    private final List<Runnable> endings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private int devices;
    private boolean closed;

    Scope(Target target, Format format, Settings settings, @Nullable Spawned spawned, Random random) {
        this.target = target;
        this.format = format;
        this.settings = settings;
        this.spawned = spawned;
        this.random = random;
        this.api = new Api(target, recorder);
    }

    Target target() {
        return target;
    }

    Format format() {
        return format;
    }

    Settings settings() {
        return settings;
    }

    /** The server that the suite has started. */
    Spawned spawned() {
        if (spawned == null) {
            throw new NotApplicableException("it needs " + Need.SPAWN.words());
        }
        return spawned;
    }

    Random random() {
        return random;
    }

    Api api() {
        return api;
    }

    /** A name that nobody has. */
    static synchronized String fresh(String prefix) {
        return prefix + "-" + RUN + "-" + ++names;
    }

    Device device(String client) {
        return device(client, "");
    }

    /** @param data more fields of the connect data, each after a comma */
    Device device(String client, String data) {
        return device(format, client, data);
    }

    Device device(Format other, String client) {
        return device(other, client, "");
    }

    private Device device(Format spoken, String client, String data) {
        String name = client + data + "~" + ++devices;
        Device device = new Device(target, spoken, recorder, name, client, data);
        return opened(device, device::close);
    }

    /** A connection that nothing is recorded of, not connected in the sense of the protocol. */
    Conversation line() throws IOException {
        Conversation line = Conversation.open(target, format);
        return opened(line, line::close);
    }

    /** The same, connected as somebody new. */
    Conversation connectedLine() throws IOException, InterruptedException {
        Conversation line = line();
        line.command("connect", target.identity(fresh("line"), ""));
        return line;
    }

    /** A proxy of our own before the target. */
    FaultProxy proxy(Fault fault) throws IOException {
        FaultProxy proxy = new FaultProxy(target.base(), target.trust());
        proxy.set(fault);
        return opened(proxy, proxy::close);
    }

    <T> T opened(T resource, Runnable ending) {
        synchronized (endings) {
            if (!closed) {
                endings.add(ending);
                return resource;
            }
        }
        ending.run(); // the time is over
        return resource;
    }

    /** Sends so many messages one after the other. @return their ids, in their order */
    List<String> send(String client, int count) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = fresh("m");
            api.send(client, id, "{\"n\":" + i + "}");
            ids.add(id);
        }
        return ids;
    }

    /** Publishes so many on a channel one after the other. @return their ids, in their order */
    List<String> publish(String channel, int count) throws IOException, InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = fresh("p");
            api.publish(channel, id, "{\"n\":" + i + "}");
            ids.add(id);
        }
        return ids;
    }

    /** How long something may take that comes at once where all is well. */
    Duration patience() {
        return settings.patience();
    }

    /** Waits until a device has got all of these; if it does not, the checker says what has become of them. */
    void arrived(Device device, String channel, Collection<String> ids) throws InterruptedException {
        try {
            device.await(channel, ids, patience());
        } catch (NotHeldException e) {
            throw new NotHeldException(Checker.check(recorder.history()) + " (" + e.getMessage() + ")");
        }
    }

    /** The same, coming back as often as the connection ends. */
    void arrivedThroughFaults(Device device, String channel, Collection<String> ids)
            throws IOException, InterruptedException {
        try {
            device.awaitThroughFaults(channel, ids, patience().multipliedBy(2));
        } catch (NotHeldException e) {
            throw new NotHeldException(Checker.check(recorder.history()) + " (" + e.getMessage() + ")");
        }
    }

    /** Nothing may have been lost, doubled, reordered or gone without a word. */
    void delivered() {
        Verdict verdict = Checker.check(recorder.history());
        check(verdict.holds(), verdict.toString());
    }

    void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new NotHeldException(otherwise);
        }
    }

    void same(Object wanted, Object seen, String what) {
        check(wanted.equals(seen), what + " is " + seen + " instead of " + wanted);
    }

    /** A question that is asked until the answer is yes. */
    interface Question {
        boolean ask() throws IOException, InterruptedException;
    }

    void until(String what, Duration patience, Question question) throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!question.ask()) {
            check(System.nanoTime() < end, "waited " + patience.toSeconds() + " s without success until " + what);
            Thread.sleep(30);
        }
    }

    /** Puts a figure into the report. */
    void note(String figure) {
        synchronized (notes) {
            notes.add(figure);
        }
    }

    String notes() {
        synchronized (notes) {
            return String.join("; ", notes);
        }
    }

    @Override
    public void close() {
        List<Runnable> all;
        synchronized (endings) {
            closed = true;
            all = List.copyOf(endings);
            endings.clear();
        }
        all.forEach(Runnable::run);
    }
}
