package io.holdfast.it;

import io.holdfast.client.TlsKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLServerSocket;

/** Ends TLS before a server, as a user's proxy does, with a certificate of its own that nobody knows. */
final class TlsProxy implements AutoCloseable {
    private final SSLServerSocket server;
    private final URI upstream;
    private final TlsKeys keys;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param host whom the certificate is for @param directory for the key and the certificate */
    TlsProxy(URI upstream, String host, Path directory) {
        this.upstream = upstream;
        keys = new TlsKeys(host, directory);
        try {
            server = (SSLServerSocket)
                    keys.context().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        start(this::accept);
    }

    URI base() {
        return URI.create("https://localhost:" + server.getLocalPort());
    }

    /** In PEM. */
    Path certificate() {
        return keys.certificate();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "tls-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                start(() -> serve(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try {
            Socket gateway = new Socket(upstream.getHost(), upstream.getPort());
            open.add(gateway);
            gateway.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            start(() -> pass(gateway, client));
            pass(client, gateway);
        } catch (IOException e) {
            end(client);
        }
    }

    private void pass(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8_192];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                out.write(bytes, 0, count);
            }
        } catch (IOException e) {
            // One side has gone; so does the other.
        }
        end(from);
        end(to);
    }

    private void end(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // Then it has ended all the same.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        open.forEach(this::end);
    }
}
