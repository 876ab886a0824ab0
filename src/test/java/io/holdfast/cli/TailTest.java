package io.holdfast.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.client.Frames;
import io.holdfast.client.ServerSide;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code tail} against a server that says what a test wants. A tail that does not get it tries for ever. */
@Timeout(60)
class TailTest {
    private static final String CONNECTED = "{\"id\":1,\"connect\":{\"client\":\"c\",\"ping\":25,\"pong\":true}}";
    private static final String SUBSCRIBED =
            "{\"id\":2,\"subscribe\":{\"epoch\":\"e\",\"offset\":6,\"recoverable\":true}}";

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private CliRun tail(String... options) {
        String[] arguments = new String[options.length + 4];
        System.arraycopy(options, 0, arguments, 4, options.length);
        arguments[0] = "tail";
        arguments[1] = "news";
        arguments[2] = "--url";
        arguments[3] = "http://localhost:" + server.getLocalPort();
        return CliRun.run(arguments);
    }

    private interface Answer {
        void to(Socket socket) throws IOException;
    }

    private void answer(Answer answer) {
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                answer.to(socket);
            } catch (IOException e) {
                // the client has gone
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** For each connection its frames: one before anything is asked, then one for each frame that the client sends. */
    private void serve(String[]... connections) {
        Thread thread = new Thread(() -> {
            for (String[] frames : connections) {
                try (Socket socket = server.accept()) {
                    serve(socket, frames);
                } catch (IOException e) {
                    // the client has gone
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket, String[] frames) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        out.write(ServerSide.upgraded(ServerSide.head(in)));
        for (String frame : frames) {
            heard.add(new String(ServerSide.read(in).payload(), UTF_8));
            out.write(ServerSide.frame(Frames.FIN | Frames.TEXT, frame.getBytes(UTF_8)));
        }
    }

    private static String push(int offset, String data) {
        return "{\"push\":{\"channel\":\"news\",\"pub\":{\"data\":" + data + ",\"offset\":" + offset + "}}}";
    }

    @Test
    void payloads_are_printed_to_the_letter() {
        serve(new String[] {
            CONNECTED, SUBSCRIBED + "\n" + push(7, "{\"n\": 1.50,\"u\":\"\\u00e4\"}") + "\n" + push(8, "1E+2")
        });

        CliRun run = tail("--count", "2");

        assertThat(run.out()).isEqualTo("7  {\"n\": 1.50,\"u\":\"\\u00e4\"}\n8  1E+2\n");
        assertThat(run.exit()).isZero();
    }

    @Test
    void tail_asks_for_the_servers_tags() {
        serve(new String[] {CONNECTED, SUBSCRIBED + "\n" + push(7, "1")});

        tail("--count", "1");

        assertThat(heard).first().asString().contains("\"tags\":true");
    }

    @Test
    void a_ping_is_answered() {
        serve(new String[] {CONNECTED, SUBSCRIBED + "\n{}", push(7, "1")});

        assertThat(tail("--count", "1").out()).isEqualTo("7  1\n");
        assertThat(heard).element(2).isEqualTo("{}");
    }

    @Test
    void a_lost_connection_is_made_again_at_the_last_position() {
        serve(new String[] {CONNECTED, SUBSCRIBED + "\n" + push(7, "1")}, new String[] {
            CONNECTED, "{\"id\":2,\"subscribe\":{\"epoch\":\"e\",\"offset\":8,\"recovered\":true}}\n" + push(8, "2")
        });

        CliRun run = tail("--count", "2");

        assertThat(run.out()).isEqualTo("7  1\n8  2\n");
        assertThat(run.err()).contains("1006 connection lost; trying again in");
        assertThat(heard).last().asString().contains("\"recover\":true", "\"epoch\":\"e\"", "\"offset\":7");
    }

    @Test
    void a_refused_handshake_is_told_with_its_status() {
        answer(socket -> {
            socket.getOutputStream().write("HTTP/1.1 503 No\r\n\r\n".getBytes(ISO_8859_1));
            socket.getInputStream().read();
        });

        CliRun run = tail("--json");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.error().path("code").asText()).isEqualTo("http_503");
        assertThat(run.error().path("message").asText()).contains("503");
    }

    @Test
    void a_server_that_closes_without_an_answer_is_unreachable() {
        answer(socket -> {
            ServerSide.head(socket.getInputStream()); // a close before that would be a reset
        });

        CliRun run = tail("--json");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.error().path("code").asText()).isEqualTo("unreachable");
        assertThat(run.error().path("message").asText()).contains("the connection ended before the answer");
    }

    @Test
    void a_server_that_does_not_answer_is_given_up_in_time() {
        CliRun run = tail("--timeout", "0.3", "--json");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.error().path("code").asText()).isEqualTo("no_answer");
    }

    private static final String PAST =
            "{\"id\":3,\"history\":{\"publications\":[{\"data\":6,\"offset\":6},{\"data\":5,\"offset\":5}]}}";

    private void lastIsShownAfter(String[] first) {
        serve(first, new String[] {
            CONNECTED,
            "{\"id\":2,\"subscribe\":{\"epoch\":\"e\",\"offset\":7,\"recovered\":true}}\n" + push(7, "7"),
            PAST
        });

        CliRun run = tail("--last", "2", "--count", "3");

        assertThat(run.out()).isEqualTo("5  5\n6  6\n7  7\n");
    }

    @Test
    void the_last_ones_are_asked_for_again_after_an_error() {
        lastIsShownAfter(new String[] {
            CONNECTED, SUBSCRIBED, "{\"id\":3,\"error\":{\"code\":100,\"message\":\"internal\",\"temporary\":true}}"
        });
    }

    @Test
    void the_last_ones_are_asked_for_again_after_a_lost_connection() {
        lastIsShownAfter(new String[] {CONNECTED, SUBSCRIBED});
    }

    @Test
    void the_last_ones_are_shown_once() {
        serve(new String[] {CONNECTED, SUBSCRIBED, PAST}, new String[] {
            CONNECTED, "{\"id\":2,\"subscribe\":{\"epoch\":\"e\",\"offset\":7,\"recovered\":true}}\n" + push(7, "7")
        });

        assertThat(tail("--last", "2", "--count", "3").out()).isEqualTo("5  5\n6  6\n7  7\n");
    }

    @Test
    void an_unreachable_server_is_told_by_its_url_and_what_to_do() throws IOException {
        server.close();

        CliRun run = tail("--json");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.error().path("message").asText())
                .isEqualTo("Cannot reach http://localhost:" + server.getLocalPort() + ": the connection is refused");
        assertThat(run.error().path("advice").asText())
                .isEqualTo("Check that the gateway runs there. Set its address with --url, HOLDFAST_URL or a context.");
    }

    @Test
    void an_answer_that_makes_no_websocket_is_told() {
        answer(socket -> {
            ServerSide.head(socket.getInputStream());
            socket.getOutputStream().write("HTTP/1.1 101 Yes\r\n\r\n".getBytes(ISO_8859_1));
            socket.getInputStream().read();
        });

        assertThat(tail("--json").error().path("message").asText()).contains("this is not a WebSocket");
    }

    @Test
    void a_websocket_that_never_replies_is_given_up_in_time() {
        answer(socket -> {
            socket.getOutputStream().write(ServerSide.upgraded(ServerSide.head(socket.getInputStream())));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        });

        CliRun run = tail("--timeout", "0.5", "--json");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.error().path("code").asText()).isEqualTo("no_answer");
        assertThat(run.error().path("advice").asText()).doesNotContain("--id");
    }
}
