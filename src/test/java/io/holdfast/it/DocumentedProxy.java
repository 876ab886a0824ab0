package io.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** nginx or HAProxy with a file of docs/deployment, in which only addresses are replaced. Skips where it is not installed. */
final class DocumentedProxy implements AutoCloseable {
    enum Kind {
        NGINX("/usr/sbin/nginx", "nginx.conf"),
        HAPROXY("/usr/sbin/haproxy", "haproxy.cfg");

        private final String binary;
        private final String file;

        Kind(String binary, String file) {
            this.binary = binary;
            this.file = file;
        }
    }

    private final Process process;
    private final URI front;

    private DocumentedProxy(Process process, URI front) {
        this.process = process;
        this.front = front;
    }

    /**
     * Starts it on a free port, and waits until it reaches a gateway.
     *
     * @param directory of the file, below docs/deployment; may be empty
     * @param addresses those of the file, and what is put in their place
     */
    static DocumentedProxy start(Kind kind, String directory, Map<String, String> addresses) throws IOException {
        Machine.needs(Files.isExecutable(Path.of(kind.binary)), kind.binary + " is not installed");
        int port = LibertyServer.freePort();
        Path work = Files.createDirectories(
                Path.of("target/it-proxy-" + kind + directory).toAbsolutePath());
        String text = Files.readString(Path.of("docs/deployment", directory, kind.file))
                .replaceFirst("(listen |bind )[0-9.:]*?[0-9]+(;?\n)", "$1127.0.0.1:" + port + "$2");
        for (Map.Entry<String, String> each : addresses.entrySet()) {
            text = text.replace(each.getKey(), each.getValue());
        }
        Path file = Files.writeString(work.resolve(kind.file), text);
        Process process = new ProcessBuilder(command(kind, work, file))
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("console.log").toFile())
                .start();
        URI front = URI.create("http://localhost:" + port + "/");
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> exchange(front, "GET /holdfast.js HTTP/1.1\r\n").startsWith("HTTP/1.1 200 "));
        return new DocumentedProxy(process, front);
    }

    private static List<String> command(Kind kind, Path work, Path file) throws IOException {
        return switch (kind) {
            case HAPROXY -> List.of(kind.binary, "-db", "-f", file.toString());
            case NGINX -> {
                Path main = Files.writeString(work.resolve("main.conf"), """
                        daemon off;
                        worker_processes 1;
                        pid %1$s/pid;
                        error_log %1$s/error.log;
                        events {}
                        http {
                            access_log off;
                            client_body_temp_path %1$s/body;
                            proxy_temp_path %1$s/proxy;
                            fastcgi_temp_path %1$s/f;
                            uwsgi_temp_path %1$s/u;
                            scgi_temp_path %1$s/s;
                            include %2$s;
                        }
                        """.formatted(work, file));
                yield List.of(kind.binary, "-c", main.toString(), "-p", work.toString());
            }
        };
    }

    /** Where clients reach it. */
    URI front() {
        return front;
    }

    URI websocket() {
        return URI.create("ws://localhost:" + front.getPort() + "/connection/websocket");
    }

    /** One request and the beginning of what is answered. */
    static String exchange(URI server, String head) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(10_000);
            String close = head.contains("Connection:") ? "" : "Connection: close\r\n";
            socket.getOutputStream()
                    .write((head + close + "Host: localhost:" + server.getPort() + "\r\n\r\n").getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readNBytes(64), ISO_8859_1);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
    }
}
