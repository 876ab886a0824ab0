package io.holdfast.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link WebSocket} against a server that says what a test wants. */
class WebSocketTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int FIN_TEXT = Frames.FIN | Frames.TEXT;
    private static final int FIN_CLOSE = Frames.FIN | Frames.CLOSE;

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

        Close end() throws InterruptedException {
            Close end = ends.poll(10, TimeUnit.SECONDS);
            assertThat(end).as("the end").isNotNull();
            assertThat(ends).as("other ends").isEmpty();
            return end;
        }
    }

    private final Heard heard = new Heard();
    private final BlockingQueue<ServerSide.Frame> sent = new LinkedBlockingQueue<>();
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile String request = "";
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private interface Conversation {
        void with(Socket socket, DataInputStream in) throws IOException;
    }

    private void serve(Conversation conversation) {
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                request = ServerSide.head(in);
                conversation.with(socket, in);
            } catch (IOException e) {
                // the client has gone
            }
            gone.countDown();
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Answers the handshake, sends these bytes, and keeps the client's frames until it has gone. */
    private void say(byte[]... frames) {
        serve((socket, in) -> {
            socket.getOutputStream().write(ServerSide.upgraded(request));
            for (byte[] frame : frames) {
                socket.getOutputStream().write(frame);
            }
            socket.shutdownOutput();
            while (true) {
                sent.add(ServerSide.read(in));
            }
        });
    }

    /** Answers the handshake with this head; {@code %s} stands for what accepts the key. */
    private void answer(String head) {
        serve((socket, in) -> {
            String accept = Handshake.accept(ServerSide.header(request, "sec-websocket-key"));
            socket.getOutputStream().write(head.formatted(accept).getBytes(ISO_8859_1));
            in.read();
        });
    }

    private URI endpoint(String path) {
        return URI.create("ws://localhost:" + server.getLocalPort() + path);
    }

    private WebSocket open(Duration limit) throws IOException {
        return WebSocket.open(endpoint("/x"), Trust.ofJava(), "", limit);
    }

    private Close endAfter(byte[]... frames) throws Exception {
        say(frames);
        try (WebSocket socket = open(LIMIT)) {
            assertThat(socket.status()).isEqualTo(101);
            socket.start(heard);
            return heard.end();
        }
    }

    private static byte[] text(int first, String text) {
        return ServerSide.frame(first, text.getBytes(UTF_8));
    }

    private static byte[] closing(int code, String reason) {
        byte[] text = reason.getBytes(ISO_8859_1);
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        return ServerSide.frame(FIN_CLOSE, payload);
    }

    private void sentOnlyCloseWith(int code) throws InterruptedException {
        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent).singleElement().satisfies(frame -> {
            assertThat(frame.first()).isEqualTo(FIN_CLOSE);
            assertThat(frame.payload()).containsExactly(code >> 8, code & 0xFF);
        });
    }

    @Test
    void a_key_is_accepted_as_the_rfc_says() {
        assertThat(Handshake.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void the_request_has_what_the_rfc_demands() throws IOException {
        say();
        WebSocket.open(endpoint("?a=%20b"), Trust.ofJava(), "Origin: http://o\r\n", LIMIT)
                .close();

        assertThat(request)
                .startsWith("GET /?a=%20b HTTP/1.1\r\nHost: localhost:" + server.getLocalPort() + "\r\n")
                .contains("\r\nUpgrade: websocket\r\n", "\r\nConnection: Upgrade\r\n", "\r\nOrigin: http://o\r\n")
                .contains("\r\nSec-WebSocket-Version: 13\r\n")
                .containsPattern("\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost/x", "ws:/x", "/x"})
    void what_is_not_the_url_of_a_websocket_is_refused(String endpoint) {
        assertThatThrownBy(() -> WebSocket.open(URI.create(endpoint), Trust.ofJava(), "", LIMIT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(endpoint);
    }

    @Test
    void a_masked_frame_unmasks_to_its_payload() throws IOException {
        for (int length : new int[] {0, 1, 125, 126, 1000, 65_535, 65_536, 70_000}) {
            byte[] payload = "x".repeat(length).getBytes(UTF_8);
            byte[] frame = Frames.masked(FIN_TEXT, payload);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame));

            assertThat(ServerSide.read(in).payload()).isEqualTo(payload);
            assertThat(in.read()).as("what follows").isEqualTo(-1);
        }
        assertThat(Frames.masked(FIN_TEXT, new byte[4]))
                .as("another mask")
                .isNotEqualTo(Frames.masked(FIN_TEXT, new byte[4]));
    }

    @Test
    void messages_come_whole_and_then_the_close() throws Exception {
        Close close = endAfter(
                text(Frames.TEXT, "a"),
                ServerSide.frame(Frames.FIN | Frames.PING, (byte) 'p'),
                ServerSide.frame(Frames.FIN | Frames.PONG),
                text(Frames.FIN | Frames.CONTINUATION, "b"),
                text(Frames.FIN | Frames.BINARY, "c"),
                text(FIN_TEXT, "x".repeat(70_000)),
                closing(3500, "no"),
                text(FIN_TEXT, "never read"));

        assertThat(heard.messages).containsExactly("text ab", "binary c", "text " + "x".repeat(70_000));
        assertThat(close).isEqualTo(new Close(3500, "no"));
        assertThat(sent.take()).satisfies(pong -> {
            assertThat(pong.first()).isEqualTo(Frames.FIN | Frames.PONG);
            assertThat(pong.payload()).containsExactly('p');
        });
        sentOnlyCloseWith(3500);
    }

    @Test
    void a_character_may_lie_in_two_fragments() throws Exception {
        endAfter(
                ServerSide.frame(Frames.TEXT, (byte) 0xC3),
                ServerSide.frame(Frames.FIN | Frames.CONTINUATION, (byte) 0xA4),
                closing(1000, ""));

        assertThat(heard.messages).containsExactly("text \u00e4");
    }

    @Test
    void a_close_without_a_code_is_1005_and_answered_without_one() throws Exception {
        assertThat(endAfter(ServerSide.frame(FIN_CLOSE))).isEqualTo(new Close(1005, ""));

        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent)
                .singleElement()
                .satisfies(frame -> assertThat(frame.payload()).isEmpty());
    }

    static Stream<Arguments> breaches() {
        List<Arguments> breaches = new ArrayList<>(List.of(
                breach(1002, "a reserved bit", text(FIN_TEXT | 0x40, "a")),
                breach(1002, "a reserved bit", text(FIN_TEXT | 0x20, "a")),
                breach(1002, "a reserved bit", text(FIN_TEXT | 0x10, "a")),
                breach(1002, "unknown opcode 3", text(Frames.FIN | 3, "a")),
                breach(1002, "unknown opcode 7", text(Frames.FIN | 7, "a")),
                breach(1002, "unknown opcode 11", text(Frames.FIN | 11, "a")),
                breach(1002, "unknown opcode 15", text(Frames.FIN | 15, "a")),
                breach(1002, "a masked frame", Frames.masked(FIN_TEXT, new byte[1])),
                breach(1002, "a control frame of more than 125 bytes", text(Frames.FIN | Frames.PING, "a".repeat(126))),
                breach(1002, "a control frame in fragments", text(Frames.PING, "a")),
                breach(1002, "a continuation of no message", text(Frames.FIN | Frames.CONTINUATION, "a")),
                breach(1002, "a continuation of no message", text(Frames.CONTINUATION, "a")),
                breach(1002, "before the end of the last one", text(Frames.TEXT, "a"), text(FIN_TEXT, "b")),
                breach(1002, "before the end of the last one", text(Frames.BINARY, ""), text(Frames.TEXT, "b")),
                breach(1002, "length has a wrong form", bytes(0x81, 126, 0, 125)),
                breach(1002, "length has a wrong form", bytes(0x81, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF)),
                breach(1002, "length has a wrong form", bytes(0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 1)),
                breach(1002, "half a code", ServerSide.frame(FIN_CLOSE, (byte) 3)),
                breach(1007, "a text that is not UTF-8", ServerSide.frame(FIN_TEXT, (byte) 'a', (byte) 0xFF)),
                breach(1007, "a text that is not UTF-8", ServerSide.frame(FIN_TEXT, (byte) 0xC3)),
                breach(1007, "a text that is not UTF-8", ServerSide.frame(FIN_TEXT, (byte) 0xED, (byte) 0xA0, (byte)
                        0x80)),
                breach(1007, "a text that is not UTF-8", ServerSide.frame(FIN_TEXT, (byte) 0xC0, (byte) 0x80)),
                breach(
                        1007,
                        "a text that is not UTF-8",
                        text(Frames.TEXT, "a"),
                        ServerSide.frame(Frames.FIN | Frames.CONTINUATION, (byte) 0xFF)),
                breach(1007, "reason is not UTF-8", closing(3500, "\u00ff")),
                breach(1009, "more than 16777216 bytes", bytes(0x82, 127, 0, 0, 0, 0, 1, 0, 0, 1)),
                breach(
                        1009,
                        "more than 16777216 bytes",
                        text(Frames.BINARY, "ab"),
                        bytes(0x80, 127, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF))));
        for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535}) {
            breaches.add(breach(1002, "a close frame with the code " + code, closing(code, "")));
        }
        return breaches.stream();
    }

    private static Arguments breach(int code, String words, byte[]... frames) {
        return Arguments.of(code, words, frames);
    }

    private static byte[] bytes(int... values) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int value : values) {
            bytes.write(value);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest(name = "{index}: {0} for {1}")
    @MethodSource("breaches")
    void a_breach_ends_the_connection_with_its_code_and_is_told(int code, String words, byte[][] frames)
            throws Exception {
        Close close = endAfter(frames);

        assertThat(close.code()).isEqualTo(code);
        assertThat(close.reason()).startsWith("the server ").contains(words);
        assertThat(heard.messages).isEmpty();
        sentOnlyCloseWith(code);
    }

    @Test
    void codes_that_a_server_may_send_are_told() throws Exception {
        for (int code : new int[] {1000, 1003, 1007, 1014, 3000, 4999}) {
            assertThat(endAfter(closing(code, "\u0041"))).isEqualTo(new Close(code, "A"));
        }
    }

    @Test
    void an_end_without_a_close_frame_is_1006() throws Exception {
        assertThat(endAfter()).isEqualTo(new Close(1006, "connection lost"));
        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent).isEmpty();
    }

    @Test
    void a_refusal_has_its_status() throws IOException {
        answer("HTTP/1.1 403 No\r\n\r\n");
        try (WebSocket socket = open(LIMIT)) {
            assertThat(socket.status()).isEqualTo(403);
            assertThatThrownBy(() -> socket.start(heard))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("403");
        }
    }

    @Test
    void the_headers_of_the_answer_are_read_as_http_says() throws IOException {
        answer("HTTP/1.1 101 Yes\r\nupgrade:WebSocket\r\nCONNECTION: keep-alive, upgrade\r\n"
                + "Sec-Websocket-accept:  %s \r\nno header\r\nSec-WebSocket-Protocol: b\r\n\r\n");
        String offered = "Sec-WebSocket-Protocol: a, b\r\n";
        try (WebSocket socket = WebSocket.open(endpoint("/"), Trust.ofJava(), offered, LIMIT)) {
            assertThat(socket.status()).isEqualTo(101);
        }
    }

    private static final String UPGRADE = "Upgrade: websocket\r\n";
    private static final String CONNECTION = "Connection: Upgrade\r\n";
    private static final String ACCEPT = "Sec-WebSocket-Accept: %s\r\n";

    static Stream<Arguments> wrongAnswers() {
        return Stream.of(
                Arguments.of("HTTP/1.0", UPGRADE + CONNECTION + ACCEPT, "HTTP/1.0"),
                Arguments.of("HTTP/1.1", CONNECTION + ACCEPT, "Upgrade is not"),
                Arguments.of("HTTP/1.1", "Upgrade: h2c\r\n" + CONNECTION + ACCEPT, "Upgrade is not"),
                Arguments.of("HTTP/1.1", UPGRADE + ACCEPT, "Connection is not"),
                Arguments.of("HTTP/1.1", UPGRADE + "Connection: close\r\n" + ACCEPT, "Connection is not"),
                Arguments.of("HTTP/1.1", UPGRADE + CONNECTION, "accept the key"),
                Arguments.of("HTTP/1.1", UPGRADE + CONNECTION + "Sec-WebSocket-Accept: x%s\r\n", "accept the key"),
                Arguments.of(
                        "HTTP/1.1",
                        UPGRADE + CONNECTION + ACCEPT + "Sec-WebSocket-Extensions: permessage-deflate\r\n",
                        "an extension"),
                Arguments.of(
                        "HTTP/1.1",
                        UPGRADE + CONNECTION + ACCEPT + "Sec-WebSocket-Protocol: chat\r\n",
                        "a subprotocol that was not offered"));
    }

    @ParameterizedTest(name = "{index}: {2}")
    @MethodSource("wrongAnswers")
    void an_answer_that_is_not_that_of_a_websocket_is_an_error(String version, String headers, String words) {
        answer(version + " 101 Yes\r\n" + headers + "\r\n");
        assertThatThrownBy(() -> open(LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the server answers 101, but this is not a WebSocket: ")
                .hasMessageContaining(words);
    }

    @Test
    void a_silent_server_is_given_up_in_time() {
        assertThatThrownBy(() -> open(Duration.ofMillis(200))).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void a_listener_that_fails_hears_the_end_once() throws Exception {
        say(text(FIN_TEXT, "a"), text(FIN_TEXT, "b"));
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
            Close close = heard.end();
            assertThat(close.code()).isEqualTo(1006);
            assertThat(close.reason()).startsWith("the listener failed: ").contains("no room for a");
            assertThatThrownBy(() -> socket.send(false, new byte[1]))
                    .as("the socket is closed")
                    .isInstanceOf(IOException.class);
        }
        assertThat(heard.ends).isEmpty();
    }

    /** Keeps the client's frames; answers a close with one message more and a close. */
    private void hearUntilClosed() {
        serve((socket, in) -> {
            socket.getOutputStream().write(ServerSide.upgraded(request));
            ServerSide.Frame frame;
            do {
                frame = ServerSide.read(in);
                sent.add(frame);
            } while (frame.opcode() != Frames.CLOSE);
            socket.getOutputStream().write(ServerSide.frame(Frames.FIN | Frames.PING));
            socket.getOutputStream().write(text(FIN_TEXT, "late"));
            socket.getOutputStream().write(closing(1000, "bye"));
            in.read();
        });
    }

    @Test
    void close_hears_the_servers_close_but_no_more_messages() throws Exception {
        hearUntilClosed();
        WebSocket socket = open(LIMIT);
        socket.start(heard);
        socket.send(false, new byte[] {'a'});
        socket.close();

        assertThat(heard.end()).isEqualTo(new Close(1000, "bye"));
        assertThat(heard.messages).isEmpty();
        assertThatThrownBy(() -> socket.send(false, new byte[1])).isInstanceOf(IOException.class);
        sent.take();
        sentOnlyCloseWith(1000);
    }

    @Test
    void nothing_is_sent_after_a_close_frame() throws Exception {
        say();
        WebSocket socket = open(LIMIT);
        socket.close();
        socket.close();

        assertThatThrownBy(() -> socket.send(false, new byte[1])).hasMessageContaining("closed");
        sentOnlyCloseWith(1000);
    }

    @Test
    void a_server_that_does_not_answer_a_close_is_cut_off() throws Exception {
        serve((socket, in) -> {
            socket.getOutputStream().write(ServerSide.upgraded(request));
            while (true) {
                sent.add(ServerSide.read(in));
            }
        });
        WebSocket socket = open(LIMIT);
        socket.start(heard);
        assertTimeoutPreemptively(Duration.ofMillis(500), socket::close);
        socket.close();
        assertThatThrownBy(() -> socket.send(false, new byte[1])).hasMessage("this end of the WebSocket is closed");

        assertThat(heard.end().code()).isEqualTo(1006);
        sentOnlyCloseWith(1000);
    }

    @Test
    void a_server_that_breaks_the_protocol_and_stays_is_cut_off() throws Exception {
        serve((socket, in) -> {
            socket.getOutputStream().write(ServerSide.upgraded(request));
            socket.getOutputStream().write(text(Frames.FIN | 3, "a"));
            while (true) {
                sent.add(ServerSide.read(in));
            }
        });
        try (WebSocket socket = open(LIMIT)) {
            socket.start(heard);
            assertThat(heard.end().code()).isEqualTo(1002);
        }
        sentOnlyCloseWith(1002);
    }

    @Test
    void a_server_that_goes_on_sending_still_gets_the_close_frame() throws Exception {
        assertThat(endAfter(text(Frames.FIN | 3, "a"), new byte[12 << 20]).code())
                .isEqualTo(1002);
        sentOnlyCloseWith(1002);
    }

    @Test
    void a_stalled_connection_ends_when_it_is_closed() throws Exception {
        say(text(FIN_TEXT, "a"), closing(1000, ""));
        WebSocket socket = open(LIMIT);
        socket.stall();
        socket.start(heard);
        socket.close();

        assertThat(heard.end().code()).isEqualTo(1000);
        assertThat(heard.messages).isEmpty();
    }

    @Test
    void stalled_messages_come_after_resume() throws Exception {
        say(text(FIN_TEXT, "a"), text(FIN_TEXT, "b"), closing(1000, ""));
        try (WebSocket socket = open(LIMIT)) {
            socket.stall();
            socket.start(heard);
            assertThat(heard.messages.poll(100, TimeUnit.MILLISECONDS)).isNull();
            socket.resume();
            assertThat(heard.end().code()).isEqualTo(1000);
        }
        assertThat(heard.messages).containsExactly("text a", "text b");
    }

    /** Answers the handshake and reads nothing more. */
    private void readNothing() {
        serve((socket, in) -> {
            socket.getOutputStream().write(ServerSide.upgraded(request));
            socket.getOutputStream().write(new byte[32 << 20]); // more than the kernel takes: the server waits
        });
    }

    /** Fills the way to a server that reads nothing, until this thread waits in a write. */
    private static Thread fill(WebSocket socket) throws InterruptedException {
        BlockingQueue<Boolean> written = new LinkedBlockingQueue<>();
        Thread sender = new Thread(() -> {
            try {
                while (true) {
                    socket.raw(new byte[64 << 10]);
                    written.add(true);
                }
            } catch (IOException e) {
                // the connection was cut
            }
        });
        sender.setDaemon(true);
        sender.start();
        while (written.poll(500, TimeUnit.MILLISECONDS) != null) {
            // until the sender waits
        }
        return sender;
    }

    @Test
    void close_does_not_wait_for_another_thread_that_waits_in_a_write() throws Exception {
        readNothing();
        WebSocket socket = open(LIMIT);
        Thread sender = fill(socket);

        assertTimeoutPreemptively(Duration.ofSeconds(5), socket::close);
        sender.join(5_000);
        assertThat(sender.isAlive()).isFalse();
    }

    @Test
    void close_does_not_wait_for_room_in_the_kernels_buffer() throws Exception {
        readNothing();
        try (SocketChannel channel = SocketChannel.open()) {
            WebSocket socket = WebSocket.open(channel.socket(), endpoint("/x"), Trust.ofJava(), "", LIMIT);
            channel.configureBlocking(false);
            for (int full = 0; full < 10; full = channel.write(ByteBuffer.allocate(64 << 10)) == 0 ? full + 1 : 0) {
                Thread.sleep(full * 10L); // the kernel may make room yet
            }
            channel.configureBlocking(true);

            assertTimeoutPreemptively(Duration.ofSeconds(5), socket::close);
            assertThat(channel.isOpen()).isFalse();
        }
    }
}
