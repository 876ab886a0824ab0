package io.holdfast.bench;

import io.holdfast.client.BreachException;
import io.holdfast.client.Close;
import io.holdfast.client.Frames;
import io.holdfast.client.Handshake;
import java.io.IOException;
import java.net.URI;

/** A WebSocket on the loop: the handshake, messages both ways, ping, pong and close. */
abstract class WebSocketLink extends Link implements Frames.Heard {
    private static final byte[] END_OF_HEAD = Ascii.bytes("\r\n\r\n");

    private final Handshake handshake;
    private final Frames frames = new Frames(Loop.CHUNK, this);
    private boolean upgraded;

    WebSocketLink(Loop loop, String path) {
        super(loop);
        String server = loop.server().getHostString() + ":" + loop.server().getPort();
        this.handshake = new Handshake(URI.create("ws://" + server + path), "");
    }

    /** The handshake is done. */
    protected abstract void upgraded();

    @Override
    protected final void opened() {
        write(Ascii.bytes(handshake.request()));
    }

    final void send(boolean binary, byte[] message) {
        write(frame(binary, message));
    }

    /** The whole frame as a client sends it. */
    static byte[] frame(boolean binary, byte[] message) {
        return Frames.masked(Frames.FIN | (binary ? Frames.BINARY : Frames.TEXT), message);
    }

    /** Closes in order, code 1000; the server answers and ends the connection. */
    final void sendClose() {
        write(Frames.closing(1000));
    }

    @Override
    protected final int received(byte[] bytes, int to) throws IOException {
        int at = 0;
        if (!upgraded) {
            int end = Ascii.indexOf(bytes, 0, to, END_OF_HEAD);
            if (end < 0) {
                return 0;
            }
            if (handshake.status(Ascii.text(bytes, 0, end)) != 101) {
                end("handshake refused: " + Ascii.text(bytes, 0, Math.min(end, 80)));
                return to;
            }
            upgraded = true;
            at = end + END_OF_HEAD.length;
            upgraded();
        }
        try {
            while (at < to && !hasEnded()) {
                int next = frames.read(bytes, at, to);
                if (next < 0) {
                    return at;
                }
                at = next;
            }
        } catch (BreachException e) {
            write(Frames.closing(e.code()));
            throw e;
        }
        return hasEnded() ? to : at;
    }

    @Override
    public final void ping(byte[] payload) {
        write(Frames.masked(Frames.FIN | Frames.PONG, payload));
    }

    @Override
    public final void closed(Close close) {
        write(Frames.closing(close.code()));
        end("close " + close.code() + (close.reason().isEmpty() ? "" : " " + close.reason()));
    }
}
