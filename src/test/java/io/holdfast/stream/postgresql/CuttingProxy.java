package io.holdfast.stream.postgresql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes connections on to a server, and cuts them on request: before or after the server has got what the client sends next.
 * The client never gets the answer then. Or it stalls: connections are taken, and nothing passes, as with a server that is frozen.
 */
final class CuttingProxy implements AutoCloseable {
    private static final int NEVER = Integer.MAX_VALUE;

    private final int serverPort;
    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** How many further requests pass until one is cut. */
    private final AtomicInteger untilCut = new AtomicInteger(NEVER);

    private volatile boolean afterPassing;
    private volatile CountDownLatch flowing = new CountDownLatch(0);
    private final AtomicInteger cuts = new AtomicInteger();

    CuttingProxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    int cuts() {
        return cuts.get();
    }

    /** One of the next requests is cut. @param afterPassing whether the server still gets it */
    void cut(int requests, boolean afterPassing) {
        this.afterPassing = afterPassing;
        untilCut.set(requests);
    }

    /** Cuts no more. */
    void calm() {
        untilCut.set(NEVER);
    }

    /** From now on nothing passes, in either direction. */
    void stall() {
        flowing = new CountDownLatch(1);
    }

    /** What was held up passes now, also of connections that were given up. */
    void flow() {
        flowing.countDown();
    }

    private void awaitFlow() throws IOException {
        try {
            flowing.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.add(client);
            open.add(server);
            boolean[] mute = new boolean[1];
            run(() -> requests(client, server, mute));
            run(() -> answers(server, client, mute));
        }
    }

    private void requests(Socket client, Socket server, boolean[] mute) throws IOException {
        byte[] buffer = new byte[1 << 20];
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            boolean cut = untilCut.updateAndGet(left -> left == NEVER ? NEVER : left - 1) < 0;
            if (cut) {
                untilCut.set(NEVER);
                cuts.incrementAndGet();
                synchronized (mute) {
                    mute[0] = true;
                }
            }
            awaitFlow();
            if (!cut || afterPassing) {
                out.write(buffer, 0, length);
                out.flush();
            }
            if (cut) {
                client.close();
                server.shutdownOutput(); // the server gets everything before, then the end
                return;
            }
        }
        server.shutdownOutput();
    }

    private void answers(Socket server, Socket client, boolean[] mute) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (server;
                client) {
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                awaitFlow();
                synchronized (mute) {
                    if (!mute[0]) {
                        out.write(buffer, 0, length);
                        out.flush();
                    }
                }
            }
        }
        open.remove(server);
        open.remove(client);
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void run(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException ended) {
                // a connection or the proxy was closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        flow();
        try {
            listening.close();
            for (Socket each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
