package io.holdfast.validate;

import io.holdfast.client.ServerUrl;
import io.holdfast.client.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and the gateway on this machine and does to the bytes what networks do.
 *
 * <p>Threads: one accepts, two a connection pass bytes on; the scenario changes the fault, which holds for what is read
 * from then on.
 */
final class FaultProxy implements AutoCloseable {
    /** What happens to bytes. */
    enum Fault {
        /** They pass. */
        NONE,
        /** Nothing is read any more: both sides see a full window, in time. */
        STALL,
        /** All is read and nothing passes: the other side seems to be silent. */
        HALF_OPEN,
        /** One byte in each segment. */
        SPLIT,
        /** A few kilobytes a second. */
        SLOW,
        /** What clients say arrives late, also after they are gone. */
        LATE
    }

    private static final int SLOW_BYTES_A_SECOND = 20_000;
    private static final int LATE_MILLIS = 300;

    private final ServerSocket server;
    private final InetSocketAddress upstream;
    private final Trust trust;
    private final boolean secure;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Fault fault = Fault.NONE;
    private volatile boolean closed;

    FaultProxy(URI base, Trust trust) throws IOException {
        this.trust = trust;
        secure = "https".equals(base.getScheme());
        int port = ServerUrl.port(base);
        upstream = new InetSocketAddress(base.getHost(), port);
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("validate-proxy", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void set(Fault next) {
        fault = next;
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!closed) {
            try {
                connect(server.accept());
            } catch (IOException e) {
                // Closed, or the gateway is away: the client sees the end of its line.
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket gateway = new Socket();
        try {
            gateway.connect(upstream, 5_000);
            if (secure) {
                gateway = trust.secured(gateway, upstream.getHostString(), upstream.getPort());
            }
            gateway.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException e) {
            client.close();
            gateway.close();
            throw e;
        }
        open.add(client);
        open.add(gateway);
        Socket up = gateway;
        start("validate-proxy-up", () -> pass(client, up, true));
        start("validate-proxy-down", () -> pass(up, client, false));
    }

    private void pass(Socket from, Socket to, boolean up) {
        byte[] bytes = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count = in.read(bytes);
            while (count >= 0) {
                pass(bytes, count, out, up);
                while (fault == Fault.STALL && !closed) {
                    Thread.sleep(10);
                }
                count = in.read(bytes);
            }
            if (fault == Fault.LATE && up) {
                Thread.sleep(LATE_MILLIS);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            end(from);
            end(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(byte[] bytes, int count, OutputStream out, boolean up) throws IOException, InterruptedException {
        Fault now = fault;
        while (now == Fault.STALL && !closed) {
            Thread.sleep(10);
            now = fault;
        }
        switch (now) {
            case HALF_OPEN -> {}
            case SPLIT -> {
                for (int i = 0; i < count; i++) {
                    out.write(bytes, i, 1);
                    out.flush();
                }
            }
            case SLOW -> {
                for (int at = 0; at < count; at += 512) {
                    int length = Math.min(512, count - at);
                    out.write(Arrays.copyOfRange(bytes, at, at + length));
                    Thread.sleep(Math.max(1, length * 1000L / SLOW_BYTES_A_SECOND));
                }
            }
            case LATE -> {
                if (up) {
                    Thread.sleep(LATE_MILLIS);
                }
                out.write(bytes, 0, count);
            }
            default -> out.write(bytes, 0, count);
        }
    }

    /** Ends every connection in order (FIN), on both sides. */
    void cut() {
        open.forEach(FaultProxy::end);
        open.clear();
    }

    /** Ends every connection by RST, on both sides. */
    void reset() {
        // All of them first: whoever passes bytes on ends one side as soon as the other has ended.
        for (Socket socket : open) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // It has ended by itself.
            }
        }
        cut();
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Then it has ended all the same.
        }
    }

    @Override
    public void close() {
        closed = true;
        cut();
        try {
            server.close();
        } catch (IOException e) {
            // Nobody can connect to it any more.
        }
    }
}
