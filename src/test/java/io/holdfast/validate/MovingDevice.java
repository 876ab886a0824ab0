package io.holdfast.validate;

import io.holdfast.client.Close;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A device of a {@link Crowd}: it connects to one node after the other, at times of a seed. Some stay away for a while, some
 * forget their position, as a page that is reloaded. A connection that ends is made again, as an SDK does it.
 *
 * <p>Threads: one of its own, which ends when nothing moves any more and {@link #close} is called.
 */
final class MovingDevice implements AutoCloseable {
    /** From here on SDKs do not connect again (docs/protocol.md). */
    private static final int FIRST_FINAL_CODE = 3_500;

    private static final int LONGEST_STAY_MILLIS = 20_000;
    private static final int LONGEST_ABSENCE_MILLIS = 6_000;

    /** After a failed connect; twice as long after each further one, as SDKs do it. */
    private static final int PAUSE_MILLIS = 300;

    private static final int LONGEST_PAUSE_MILLIS = 5_000;

    private final Device device;
    private final List<FaultProxy> networks;
    private final String channel;
    private final Random random;
    private final Map<String, Integer> troubles = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "moving-device");
    private volatile boolean moving = true;
    private volatile boolean comingBack;
    private volatile boolean closed;
    private volatile boolean joined;
    private volatile int connects;
    private int pauseMillis = PAUSE_MILLIS;

    /**
     * @param networks before each node
     * @param channel to subscribe to; empty for none. A device without one is reloaded now and then: the position in a channel
     *     is the page's alone
     */
    MovingDevice(Device device, List<FaultProxy> networks, String channel, Random random) {
        this.device = device;
        this.networks = networks;
        this.channel = channel;
        this.random = random;
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether it has connected once, so that all that comes from now on is for it. */
    boolean hasJoined() {
        return joined;
    }

    int connects() {
        return connects;
    }

    /** What happened how often: refused connects, and ends with a code after which SDKs do not connect again. */
    Map<String, Integer> troubles() {
        return troubles;
    }

    /** From now on it only connects again when its connection has ended. */
    void settle() {
        moving = false;
    }

    /** Connects once more, with its position. */
    void comeBack() {
        comingBack = true;
    }

    boolean isBack() {
        return !comingBack && device.isOpen();
    }

    private void run() {
        try {
            long stay = 0;
            Thread.sleep(millis(LONGEST_PAUSE_MILLIS)); // so that not all come at once
            while (!closed) {
                if (!device.isOpen() || comingBack || (moving && System.nanoTime() > stay)) {
                    stay = System.nanoTime() + millis(LONGEST_STAY_MILLIS) * 1_000_000L;
                    move();
                }
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int millis(int most) {
        return 1 + random.nextInt(most);
    }

    private void move() throws InterruptedException {
        leave();
        try {
            device.through(networks.get(random.nextInt(networks.size()))).connect();
            connects++;
            if (!joined && !channel.isEmpty()) {
                device.subscribe(channel);
            }
            joined = true;
            comingBack = false;
            pauseMillis = PAUSE_MILLIS;
        } catch (IOException | NotHeldException e) {
            troubles.merge(Crowd.kind(e), 1, Integer::sum);
            device.drop();
            Thread.sleep(millis(pauseMillis));
            pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        }
    }

    private void leave() throws InterruptedException {
        if (!joined) {
            return;
        }
        if (!device.isOpen()) {
            Close end = device.line().awaitClose(Duration.ofSeconds(1));
            if (end.code() >= FIRST_FINAL_CODE) {
                troubles.merge("FINAL " + end, 1, Integer::sum);
            }
            Thread.sleep(millis(PAUSE_MILLIS));
        } else if (moving && channel.isEmpty() && random.nextInt(4) == 0) {
            device.reload();
        } else if (moving && random.nextInt(3) == 0) {
            device.drop();
            Thread.sleep(millis(LONGEST_ABSENCE_MILLIS));
        }
    }

    @Override
    public void close() {
        closed = true;
        device.close();
    }
}
