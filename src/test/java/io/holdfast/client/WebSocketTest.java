package io.holdfast.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebSocketTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String ACCEPTED = "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nsec-websocket-accept: %s\r\n\r\n";

    /** Keeps what it hears. */
    private static final class Heard implements WebSocket.Listener {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<Close> ends = new LinkedBlockingQueue<>();

        @Override
        public void message(boolean binary, byte[] message) {
            messages.add((binary ? "binary " : "text ") + new String(message, UTF_8));
        }

        @Override
        public void ended(Close close) {
            ends.add(close);
        }
    }

    private final Heard heard = new Heard();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Answers one handshake; {@code %s} stands for what accepts the key. Then it sends these bytes and closes. */
    private void answer(String head, byte[] then) {
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                while (!request.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                    request.write(socket.getInputStream().read());
                }
                String key = request.toString(ISO_8859_1).replaceFirst("(?s).*Sec-WebSocket-Key: (\\S+).*", "$1");
                socket.getOutputStream()
                        .write(head.formatted(Handshake.accept(key)).getBytes(ISO_8859_1));
                socket.getOutputStream().write(then);
                socket.shutdownOutput();
                while (socket.getInputStream().read() >= 0) {
                    // until the client has closed
                }
            } catch (IOException e) {
                // the client has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private WebSocket open(Duration limit) throws IOException {
        return WebSocket.open(
                URI.create("ws://localhost:" + server.getLocalPort() + "/x"), Trust.ofJava(), "", 0, limit);
    }

    private Close endAfter(byte... frames) throws Exception {
        answer(ACCEPTED, frames);
        try (WebSocket socket = open(LIMIT)) {
            assertThat(socket.status()).isEqualTo(101);
            socket.start(heard);
            return heard.ends.poll(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_key_is_accepted_as_the_rfc_says() {
        assertThat(Handshake.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void messages_come_whole_and_then_the_close() throws Exception {
        Close close = endAfter(new byte[] {
            0x01, 1, 'a', (byte) 0x80, 1, 'b', (byte) 0x82, 1, 'c', (byte) 0x88, 4, 0x0d, (byte) 0xac, 'n', 'o'
        });

        assertThat(heard.messages).containsExactly("text ab", "binary c");
        assertThat(close).isEqualTo(new Close(3500, "no"));
    }

    @Test
    void a_masked_frame_or_a_huge_one_ends_the_connection() throws Exception {
        byte[] masked = {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'a'};
        byte[] huge = {(byte) 0x81, 127, 0, 0, 0, 0, 1, 0, 0, 1}; // 16 MiB and one byte
        byte[] negative = {(byte) 0x81, 127, -1, 0, 0, 0, 0, 0, 0, 0};
        for (byte[] frame : List.of(masked, huge, negative)) {
            Close close = endAfter(frame);
            assertThat(close.code()).isEqualTo(1006);
            assertThat(close.reason()).contains("a message of more than", "a masked frame");
        }
        assertThat(heard.messages).isEmpty();
    }

    @Test
    void an_end_without_a_close_frame_is_1006() throws Exception {
        assertThat(endAfter()).isEqualTo(new Close(1006, "connection lost"));
    }

    @Test
    void a_refusal_has_its_status() throws IOException {
        answer("HTTP/1.1 403 No\r\n\r\n", new byte[0]);
        try (WebSocket socket = open(LIMIT)) {
            assertThat(socket.status()).isEqualTo(403);
        }
    }

    @Test
    void an_answer_that_does_not_accept_the_key_is_an_error() {
        answer("HTTP/1.1 101 Yes\r\nSec-WebSocket-Accept: x%s\r\n\r\n", new byte[0]);
        assertThatThrownBy(() -> open(LIMIT)).isInstanceOf(IOException.class).hasMessageContaining("101");
    }

    @Test
    void a_silent_server_is_given_up_in_time() {
        assertThatThrownBy(() -> open(Duration.ofMillis(200))).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void a_negative_length_ends_the_connection() throws Exception {
        Close close = endAfter(new byte[] {(byte) 0x81, 127, (byte) 0x80, 0, 0, 0, 0, 0, 0, 1, 'a'});

        assertThat(close.code()).isEqualTo(1006);
        assertThat(heard.messages).isEmpty();
    }

    @Test
    void a_listener_that_fails_hears_the_end_once() throws Exception {
        answer(ACCEPTED, new byte[] {(byte) 0x81, 1, 'a', (byte) 0x81, 1, 'b'});
        try (WebSocket socket = open(LIMIT)) {
            socket.start(new WebSocket.Listener() {
                @Override
                public void message(boolean binary, byte[] message) {
                    throw new IllegalStateException("no room for " + new String(message, UTF_8));
                }

                @Override
                public void ended(Close close) {
                    heard.ended(close);
                }
            });
            Close close = heard.ends.poll(10, TimeUnit.SECONDS);
            assertThat(close.code()).isEqualTo(1006);
            assertThat(close.reason()).startsWith("the listener failed: ").contains("no room for a");
            assertThatThrownBy(() -> socket.send(false, new byte[1]))
                    .as("the socket is closed")
                    .isInstanceOf(IOException.class);
        }
        assertThat(heard.ends).isEmpty();
    }

    @Test
    void close_does_not_wait_for_a_server_that_never_reads() throws Exception {
        answer(ACCEPTED, new byte[32 << 20]); // more than the kernel takes, so that the server waits and reads nothing
        WebSocket socket = open(LIMIT);
        BlockingQueue<Boolean> sent = new LinkedBlockingQueue<>();
        Thread sender = new Thread(() -> {
            try {
                while (true) {
                    socket.send(true, new byte[64 << 10]);
                    sent.add(true);
                }
            } catch (IOException e) {
                // the connection was cut
            }
        });
        sender.setDaemon(true);
        sender.start();
        while (sent.poll(500, TimeUnit.MILLISECONDS) != null) {
            // until the sender waits
        }

        assertTimeoutPreemptively(Duration.ofSeconds(5), socket::close);
        sender.join(5_000);
        assertThat(sender.isAlive()).isFalse();
    }
}
