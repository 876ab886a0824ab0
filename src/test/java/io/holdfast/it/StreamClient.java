package io.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/**
 * Speaks over a fallback transport: the first frame opens the stream, the later ones go to {@code /emulation}. The stream
 * is read from a plain socket, so that a test can stop reading or cut the line.
 */
final class StreamClient extends WireClient {
    enum Kind {
        HTTP_STREAM,
        SSE
    }

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final URI base;
    private final Kind kind;
    private final int receiveBuffer;
    private final Semaphore mayRead = new Semaphore(1);
    private final Map<String, String> headers = new TreeMap<>();
    private Socket socket;
    private InputStream in;
    private volatile String session = "";
    private volatile String node = "";

    private StreamClient(URI base, Kind kind, int receiveBuffer) {
        super(Wire.JSON);
        this.base = base;
        this.kind = kind;
        this.receiveBuffer = receiveBuffer;
    }

    static StreamClient of(LibertyServer server, Kind kind) {
        return new StreamClient(server.http(), kind, 0);
    }

    /** Through a proxy. */
    static StreamClient of(URI base, Kind kind) {
        return new StreamClient(base, kind, 0);
    }

    /** With a small receive buffer, so that a stall reaches the server sooner. */
    static StreamClient narrow(LibertyServer server, Kind kind) {
        return new StreamClient(server.http(), kind, 4096);
    }

    /** By which other requests find this conversation. */
    String session() {
        return session;
    }

    String node() {
        return node;
    }

    /** A header of the stream's response, its name in lower case. */
    String header(String name) {
        return headers.get(name);
    }

    @Override
    void sendBinary(byte[] frame) {
        throw new UnsupportedOperationException("fallback transports carry text");
    }

    @Override
    void sendText(String frame) {
        if (socket == null) {
            open(frame);
        } else {
            int status = emulate(session, node, frame);
            if (status != 204) {
                throw new AssertionError("/emulation answered " + status);
            }
        }
    }

    /** @return the status */
    int emulate(String toSession, String toNode, String frame) {
        return emulateRaw(Json.object("{}")
                        .put("session", toSession)
                        .put("node", toNode)
                        .put("data", frame)
                        .toString()
                        .getBytes(UTF_8))
                .statusCode();
    }

    HttpResponse<String> emulateRaw(byte[] body) {
        return post("/emulation", body, "application/json");
    }

    HttpResponse<String> post(String path, byte[] body, String contentType) {
        return exchange(HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    static HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void open(String frame) {
        try {
            Socket opened = new Socket();
            if (receiveBuffer > 0) {
                opened.setReceiveBufferSize(receiveBuffer);
            }
            opened.connect(new InetSocketAddress(base.getHost(), base.getPort()), 5_000);
            socket = opened;
            in = new BufferedInputStream(opened.getInputStream());
            opened.getOutputStream().write(request(frame).getBytes(UTF_8));
            head();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "stream-client");
        reader.setDaemon(true);
        reader.start();
    }

    private String request(String frame) {
        String host = "Host: " + base.getHost() + ":" + base.getPort() + "\r\n";
        return switch (kind) {
            case HTTP_STREAM ->
                "POST /connection/http_stream HTTP/1.1\r\n" + host
                        + "Content-Type: application/json\r\nContent-Length: " + frame.getBytes(UTF_8).length
                        + "\r\n\r\n"
                        + frame;
            case SSE ->
                "GET /connection/sse?cf_connect=" + URLEncoder.encode(frame, UTF_8) + " HTTP/1.1\r\n" + host + "\r\n";
        };
    }

    private void head() throws IOException {
        String status = line();
        if (!status.contains(" 200 ")) {
            throw new IOException("no stream: " + status);
        }
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the line has ended");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(ISO_8859_1);
    }

    /** Chunk by chunk (RFC 9112, section 7.1), and in them line by line. */
    private void read() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        List<String> event = new ArrayList<>();
        try {
            while (true) {
                mayRead.acquire();
                mayRead.release();
                int length = Integer.parseInt(line(), 16);
                byte[] chunk = in.readNBytes(length);
                line();
                if (length == 0) {
                    ended(1006, "the response is complete");
                    return;
                }
                for (byte b : chunk) {
                    if (b == '\n') {
                        taken(line.toString(UTF_8), event);
                        line.reset();
                    } else {
                        line.write(b);
                    }
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            ended(1006, e.toString()); // a reader that fails must not look like a silent server
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void taken(String line, List<String> event) {
        if (kind == Kind.HTTP_STREAM) {
            frame(line);
        } else if (line.startsWith("data: ")) {
            event.add(line.substring("data: ".length()));
        } else if (line.isEmpty()) {
            frame(String.join("\n", event));
            event.clear();
        } else if (!line.startsWith(":")) { // else it is a comment
            ended(1006, "no event: " + line);
        }
    }

    private void frame(String frame) {
        for (String piece : frame.split("\n")) {
            JsonNode message = Json.read(piece);
            JsonNode connect = message.path("connect");
            if (connect.has("session")) {
                session = connect.path("session").asText();
                node = connect.path("node").asText();
            }
            JsonNode farewell = message.path("push").path("disconnect");
            if (!farewell.isMissingNode()) {
                ended(farewell.path("code").asInt(), farewell.path("reason").asText());
            }
        }
        if (isOpen()) {
            received(frame);
        }
    }

    /** Stops reading before the next chunk: the server's writes pile up in the kernel, then in the server. */
    void stall() {
        mayRead.acquireUninterruptibly();
    }

    void resume() {
        mayRead.release();
    }

    @Override
    void drop() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ended(1006, "dropped");
    }

    @Override
    public void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
