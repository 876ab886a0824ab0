package io.holdfast.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A line between a client and a server that can be cut and mended: what happens to a device whose network goes. */
final class Cable implements AutoCloseable {
    private final ServerSocket listening;
    private final URI target;
    private final List<Socket> sockets = new ArrayList<>();
    private boolean cut;

    Cable(URI target) {
        this.target = target;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    /** The target, by way of this. */
    URI uri() {
        return URI.create("ws://localhost:" + listening.getLocalPort() + target.getRawPath());
    }

    /** For a node's address. */
    URI http() {
        return URI.create("http://localhost:" + listening.getLocalPort());
    }

    /** Resets what is connected and whatever connects from now on. */
    synchronized void cut() {
        cut = true;
        sockets.forEach(Cable::reset);
        sockets.clear();
    }

    synchronized void mend() {
        cut = false;
    }

    private void accept() {
        try {
            while (true) {
                connect(listening.accept());
            }
        } catch (IOException e) {
            cut(); // closed
        }
    }

    private synchronized void connect(Socket client) {
        if (cut) {
            reset(client);
            return;
        }
        try {
            Socket server = new Socket(target.getHost(), target.getPort());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(server);
            start("up", () -> copy(client, server));
            start("down", () -> copy(server, client));
        } catch (IOException e) {
            reset(client);
        }
    }

    private static void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It was closed.
        }
    }

    private static void start(String what, Runnable work) {
        Thread thread = new Thread(work, "cable-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
