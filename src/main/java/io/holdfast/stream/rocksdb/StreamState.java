package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Claim;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Position;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stream in memory: its visible state, and the state that the writer is preparing.
 *
 * <p><b>State.</b> The fields of the writer run ahead while a batch is prepared; {@link #publish} makes them visible after
 * the batch was written. A failed batch is not undone here: the whole store is reopened and its streams are loaded again.
 *
 * <p><b>Threads.</b> The volatile fields are read by any thread; everything else is the writer's.
 *
 * <p><b>Order.</b> A loss is announced <em>before</em> the write that drops: a reader that reads first and checks for losses
 * afterwards cannot miss one. A new top is published <em>after</em> the write: what {@code info} promises can be read.
 */
final class StreamState {

    private final String name;
    private final long epochName;
    private final String epoch;
    private final long generation;

    private volatile long number;
    private volatile StreamStatus info;
    private volatile long announcedLostUpTo;
    private volatile List<DeviceCursor> devices;
    private volatile boolean used = true;

    /** The fence of the last claim of each device, as long as the stream is in memory. Replaced, never changed. */
    private volatile Map<String, Long> claims = Map.of();

    final Sizes sizes;
    long top;
    long lostUpTo;
    long confirmedUpTo;
    long usedMillis;
    /** Retained, given up by a device, confirmed by none; rising. Replaced, never changed. */
    List<Long> givenUp;

    /** How many waited before the present batch. */
    int waitingBefore;
    /** The devices as they will be after the batch. */
    List<DeviceCursor> nextDevices;
    /** Whether the present batch has changed it, and whether its meta must be written. */
    boolean touched;

    boolean metaChanged;
    /** What is confirmed before this moment is looked at together with what was confirmed before. */
    long nextLookMillis;
    /** Highest offset that a look to come is about, of those noted since the stream was loaded. */
    long looksUpTo;

    /** The first offset that the present batch assigns. */
    long batchFirst;

    /** @param meta as stored; null for a stream that begins now */
    StreamState(
            String name,
            long number,
            long epochName,
            long generation,
            Layout.@Nullable Meta meta,
            Sizes sizes,
            long top,
            List<DeviceCursor> devices,
            List<Long> givenUp) {
        this.name = name;
        this.number = number;
        this.epochName = epochName;
        this.generation = generation;
        this.epoch = Long.toString(epochName, 36) + (generation == 0 ? "" : "." + generation);
        this.sizes = sizes;
        this.top = top;
        this.lostUpTo = meta == null ? 0 : meta.lostUpTo();
        this.confirmedUpTo = meta == null ? 0 : meta.confirmedUpTo();
        this.usedMillis = meta == null ? 0 : meta.usedMillis();
        this.announcedLostUpTo = lostUpTo;
        this.devices = devices;
        this.nextDevices = devices;
        this.givenUp = givenUp;
        this.info = next();
    }

    String name() {
        return name;
    }

    /** 0 until its first write. */
    long number() {
        return number;
    }

    void number(long given) {
        number = given;
    }

    /** Whether it is a client's: what waits in it counts as queued. */
    boolean outbox() {
        return !name.isEmpty() && name.charAt(0) == StreamEngine.OUTBOX_PREFIX;
    }

    String epoch() {
        return epoch;
    }

    /** Of the store, when this was loaded. */
    long generation() {
        return generation;
    }

    Position position(long offset) {
        return new Position(epoch, offset);
    }

    StreamStatus info() {
        used = true;
        return info;
    }

    List<DeviceCursor> devices() {
        used = true;
        return devices;
    }

    /** From now on a device's changes need this fence or a later one. */
    synchronized void claim(String device, long fence) {
        Map<String, Long> more = new HashMap<>(claims);
        more.merge(device, fence, Math::max);
        claims = Map.copyOf(more);
    }

    /** The device is forgotten. */
    synchronized void unclaim(String device) {
        if (claims.containsKey(device)) {
            Map<String, Long> fewer = new HashMap<>(claims);
            fewer.remove(device);
            claims = Map.copyOf(fewer);
        }
    }

    /** Whether the device was claimed later. */
    boolean refuses(String device, Claim claim) {
        return claim.fence() != 0 && claims.getOrDefault(device, 0L) > claim.fence();
    }

    /** Highest offset that is lost or is about to be. */
    long announcedLostUpTo() {
        return announcedLostUpTo;
    }

    /** Must come before the write that drops. */
    void announceLoss() {
        if (lostUpTo > announcedLostUpTo) {
            announcedLostUpTo = lostUpTo;
        }
    }

    /** Whether some device has confirmed an offset. */
    boolean confirmed(long offset) {
        return offset <= confirmedUpTo && (givenUp.isEmpty() || !givenUp.contains(offset));
    }

    /** Retained publications that no device has confirmed. */
    int waiting() {
        int passed = 0;
        for (long offset : givenUp) {
            passed += offset <= confirmedUpTo ? 1 : 0;
        }
        return sizes.waiting() + passed;
    }

    private long waitingBytes() {
        long passed = 0;
        for (long offset : givenUp) {
            passed += offset <= confirmedUpTo ? sizes.at(offset) : 0;
        }
        return sizes.waitingBytes() + passed;
    }

    /** Highest offset that is settled: below what devices gave up, as long as a device may get it. */
    long settledUpTo(OutboxRetention kept, long nowMillis) {
        long settled = kept.settledUpTo(confirmedUpTo, nextDevices, nowMillis);
        return givenUp.isEmpty() ? settled : Math.min(settled, givenUp.get(0) - 1);
    }

    /** Makes what the batch did visible; must come after it was written. */
    void publish() {
        info = next();
        devices = nextDevices;
        touched = false;
        metaChanged = false;
    }

    private StreamStatus next() {
        return new StreamStatus(
                new Position(epoch, top),
                sizes.messages() == 0 ? top + 1 : sizes.first(),
                lostUpTo,
                confirmedUpTo,
                givenUp,
                sizes.messages(),
                sizes.bytes(),
                waiting(),
                waitingBytes());
    }

    Layout.Meta meta() {
        long first = sizes.messages() == 0 ? top + 1 : sizes.first();
        return new Layout.Meta(epochName, top, first, lostUpTo, confirmedUpTo, usedMillis, name);
    }

    /** Whether the stream was used since the last call. If not, it may be removed from memory. */
    boolean usedSinceLastLook() {
        boolean was = used;
        used = false;
        return was;
    }
}
