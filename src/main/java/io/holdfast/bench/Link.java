package io.holdfast.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One TCP connection on the loop: keeps what was read in part and what could not be written yet. */
abstract class Link {
    private static final byte[] NOTHING = {};

    protected final Loop loop;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private byte[] rest = NOTHING;
    private int restLength;
    private @Nullable ByteBuffer unwritten;
    private boolean stands;
    private boolean ended;

    Link(Loop loop) {
        this.loop = loop;
    }

    /** The TCP connection stands. */
    protected abstract void opened();

    /** Bytes have come. @return up to where they were understood; the rest is given again with what follows */
    protected abstract int received(byte[] bytes, int to) throws IOException;

    /** This many bytes were read from the socket; {@link #received} is next. */
    protected void taken(int count) {}

    /** The connection has ended, by either side; called once. */
    protected abstract void ended(String why);

    final boolean isOpen() {
        return stands && !ended;
    }

    final boolean hasEnded() {
        return ended;
    }

    final void attach(SocketChannel channel, SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    final void ready(SelectionKey key) {
        SocketChannel open = channel;
        if (open == null || ended) {
            return;
        }
        try {
            if (!stands) {
                open.finishConnect();
                stands = true;
                key.interestOps(SelectionKey.OP_READ);
                opened();
                return;
            }
            if (key.isWritable()) {
                flush(open);
            }
            if (key.isValid() && key.isReadable()) {
                read(open);
            }
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    /** Writes as much as the socket takes; the rest follows. Copies what it keeps. */
    final void write(byte[] bytes) {
        SocketChannel open = channel;
        SelectionKey current = key;
        if (open == null || current == null || ended) {
            return;
        }
        ByteBuffer waiting = unwritten;
        if (waiting != null) {
            ByteBuffer joined = ByteBuffer.allocate(waiting.remaining() + bytes.length);
            unwritten = joined.put(waiting).put(bytes).flip();
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            open.write(buffer);
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
            return;
        }
        if (buffer.hasRemaining()) {
            unwritten = ByteBuffer.wrap(Arrays.copyOfRange(bytes, buffer.position(), bytes.length));
            current.interestOpsOr(SelectionKey.OP_WRITE);
        }
    }

    /** Reads nothing more, but keeps the connection open: a client that hangs. */
    final void stall() {
        if (key != null) {
            key.interestOps(0);
        }
    }

    final void close() {
        end("closed here");
    }

    private void flush(SocketChannel open) throws IOException {
        ByteBuffer waiting = unwritten;
        if (waiting != null) {
            open.write(waiting);
            if (waiting.hasRemaining()) {
                return;
            }
            unwritten = null;
        }
        if (key != null) {
            key.interestOpsAnd(~SelectionKey.OP_WRITE);
        }
    }

    private void read(SocketChannel open) throws IOException {
        int to = loop.read(open, rest, restLength);
        if (to < 0) {
            end("closed by the server");
            return;
        }
        taken(to - restLength);
        int understood = received(loop.bytes(), to);
        restLength = to - understood;
        if (restLength > 0) {
            if (rest.length < restLength) {
                rest = new byte[Math.max(1024, Integer.highestOneBit(restLength) * 2)];
            }
            System.arraycopy(loop.bytes(), understood, rest, 0, restLength);
        }
    }

    final void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it is gone either way
        }
        ended(why);
    }
}
