package io.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The one thread of the load program: waits for sockets and runs what they have to say.
 *
 * <p>A scenario reads from top to bottom on the same thread and calls {@link #runUntil} where it has to wait.
 */
final class Loop implements AutoCloseable {
    static final int CHUNK = 256 << 10;
    private static final long SELECT_MILLIS = 5;

    private InetSocketAddress server;
    private final Selector selector;
    private final ByteBuffer direct = ByteBuffer.allocateDirect(CHUNK);
    private final byte[] bytes = new byte[2 * CHUNK];
    private Runnable everyTurn = () -> {};
    private LongSupplier nextMicros = () -> Long.MAX_VALUE;

    Loop(InetSocketAddress server) {
        this.server = server;
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Microseconds of a clock that only goes forward. */
    static long micros() {
        return System.nanoTime() / 1000;
    }

    InetSocketAddress server() {
        return server;
    }

    /** Links that begin to connect from now on connect to this server. */
    void goTo(InetSocketAddress server) {
        this.server = server;
    }

    /** Begins to connect; the link hears {@code opened} or {@code ended}. */
    void connect(Link link) {
        try {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, link);
            link.attach(channel, key);
            if (channel.connect(server)) {
                link.ready(key);
            }
        } catch (IOException e) {
            link.end(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Runs this after each turn.
     *
     * @param nextMicros when it next has something to do, by {@link #micros}; turns are without waiting shortly before, since
     *     a selector waits for whole milliseconds
     */
    void everyTurn(Runnable work, LongSupplier nextMicros) {
        this.everyTurn = work;
        this.nextMicros = nextMicros;
    }

    /** Runs until the condition holds or the time is over. @return whether it holds */
    boolean runUntil(BooleanSupplier done, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            turn();
        }
        return true;
    }

    void runFor(Duration time) {
        runUntil(() -> false, time);
    }

    private void turn() {
        Consumer<SelectionKey> ready = key -> ((Link) key.attachment()).ready(key);
        long millis = Math.min(SELECT_MILLIS, (nextMicros.getAsLong() - micros()) / 1000 - 1);
        try {
            if (millis > 0) {
                selector.select(ready, millis);
            } else {
                selector.selectNow(ready);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        everyTurn.run();
    }

    /**
     * Reads what has come, after what the link had left over from before.
     *
     * @return the end of the bytes in {@link #bytes()}, or -1 at the end of the stream
     */
    int read(SocketChannel channel, byte[] rest, int restLength) throws IOException {
        direct.clear();
        int n = channel.read(direct);
        if (n < 0) {
            return -1;
        }
        if (restLength + n > bytes.length) {
            throw new IOException("a message of more than " + CHUNK + " bytes");
        }
        System.arraycopy(rest, 0, bytes, 0, restLength);
        direct.flip().get(bytes, restLength, n);
        return restLength + n;
    }

    /** What was read last; valid until the next read. */
    byte[] bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try {
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
