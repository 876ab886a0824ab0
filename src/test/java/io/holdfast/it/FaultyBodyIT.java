package io.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that cannot be read to their end, on every path with a body: refused, and nothing is done. */
@ExtendWith(Gateway.class)
class FaultyBodyIT {
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

    private final LibertyServer gateway;

    FaultyBodyIT(LibertyServer gateway) {
        this.gateway = gateway;
    }

    /** What a client sends: the head's lines about the body, and what follows the head. */
    private record Sent(String head, byte[] body) {}

    private interface Spoiler {
        Sent spoil(byte[] body) throws IOException;
    }

    private enum Fault {
        CHUNK_SIZE_IS_NOT_A_NUMBER(body -> new Sent(CHUNKED, join("zz\r\n", body))),
        CHUNK_SIZE_IS_NEGATIVE(body -> new Sent(CHUNKED, join("-5\r\n", body, "\r\n0\r\n\r\n"))),
        CHUNK_IS_TOO_LONG(body -> new Sent(CHUNKED, join("fffffffffffffffff\r\n", body, "\r\n0\r\n\r\n"))),
        CHUNK_HAS_NO_END(body -> new Sent(CHUNKED, join(size(body), body, "XX0\r\n\r\n"))),
        SECOND_CHUNK_IS_BAD(body -> new Sent(CHUNKED, join(size(body), body, "\r\nzz\r\n"))),
        CHUNKS_END_EARLY(body -> new Sent(CHUNKED, join(size(body), body, "\r\n"))),
        ENDS_EARLY(body -> new Sent(length(body.length), Arrays.copyOf(body, body.length / 2))),
        WHOLE_JSON_BUT_ENDS_EARLY(body -> new Sent(length(body.length + 60), body)),
        NOT_GZIP(body -> new Sent("Content-Encoding: gzip\r\n" + length(body.length), body)),
        GZIP_WITH_A_WRONG_SUM(body -> gzipped(body, packed -> packed[packed.length - 6] ^= 1)),
        GZIP_WITH_A_WRONG_LENGTH(body -> gzipped(body, packed -> packed[packed.length - 2] ^= 1)),
        UNKNOWN_ENCODING(body -> new Sent("Content-Encoding: br\r\n" + length(body.length), body)),
        TWO_ENCODINGS(body -> new Sent("Content-Encoding: gzip, br\r\n" + length(body.length), body)),
        UNKNOWN_TRANSFER(body -> new Sent("Transfer-Encoding: zip\r\n" + length(body.length), body)),
        TOO_LARGE(body -> new Sent(length(5 << 20), body)),
        TOO_LARGE_IN_CHUNKS(body -> new Sent(CHUNKED, join(size(new byte[5 << 20]), body, " ".repeat(5 << 20))));

        private final Spoiler spoiler;

        Fault(Spoiler spoiler) {
            this.spoiler = spoiler;
        }
    }

    /** What a path does, of which nothing may be seen afterwards. In bodies and questions, NAME stands for a fresh name. */
    private enum Path {
        SEND("api/send", "{'client':'NAME','id':'NAME','data':1}"),
        PUBLISH("api/publish", "{'channel':'NAME','data':1}"),
        BROADCAST("api/broadcast", "{'channels':['NAME'],'data':1}"),
        BATCH("api/batch", "{'commands':[{'publish':{'channel':'NAME','data':1}}]}"),
        REVOKE("api/revoke", "{'client':'NAME'}"),
        DISCONNECT("api/disconnect", "{'user':'NAME'}"),
        CLEANUP("api/cleanup/hold", "{'owner':'NAME'}"),
        NO_BODY_WANTED("api/breakers/reset?client=NAME", "{}"),
        EMULATION("emulation", ""),
        STREAM("connection/http_stream", "{'id':1,'connect':{'data':{'client':'NAME'}}}");

        private final String path;
        private final String body;

        Path(String path, String body) {
            this.path = path;
            this.body = body.replace('\'', '"');
        }

        /** Whether what it does with a fresh name can be seen: to end what is not there changes nothing. */
        boolean isSeen() {
            return this != DISCONNECT && this != NO_BODY_WANTED;
        }
    }

    static Stream<Arguments> everyFaultOnEveryPath() {
        return Stream.of(Path.values())
                .flatMap(path -> Stream.of(Fault.values()).map(fault -> Arguments.of(path, fault)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyFaultOnEveryPath")
    void a_faulty_body_is_refused_and_nothing_is_done(Path path, Fault fault) throws Exception {
        try (Attempt attempt = new Attempt(path)) {
            Sent sent = fault.spoiler.spoil(attempt.body());
            attempt.send(sent);
            attempt.halfClose();
            String answer = attempt.answer();
            assertThat(status(answer)).as(answer).isBetween(400, 499);
            assertThat(answer)
                    .as("the rest of the body is not the next request")
                    .containsIgnoringCase("\nConnection: close\r");
            assertThat(attempt.isDone()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    void without_a_fault_the_same_request_is_carried_out(Path path) throws Exception {
        for (Spoiler sound : List.<Spoiler>of(
                body -> new Sent(length(body.length), body),
                body -> new Sent(CHUNKED, join(size(body), body, "\r\n0\r\n\r\n")),
                body -> gzipped(body, packed -> {}))) {
            try (Attempt attempt = new Attempt(path)) {
                attempt.send(sound.spoil(attempt.body()));
                assertThat(status(attempt.answerLine())).isBetween(200, 204);
                if (path.isSeen()) {
                    await().until(attempt::isDone);
                }
            }
        }
    }

    @Test
    void a_body_that_stops_coming_is_refused_after_some_seconds() throws Exception {
        List<Attempt> attempts = new ArrayList<>();
        for (Path path : Path.values()) {
            Attempt attempt = new Attempt(path);
            byte[] body = attempt.body();
            attempt.send(new Sent(length(body.length + 9), body));
            attempts.add(attempt);
        }
        for (Attempt attempt : attempts) {
            String answer = attempt.answer();
            assertThat(status(answer)).as("%s: %s", attempt.path, answer).isEqualTo(408);
            assertThat(attempt.isDone()).as(attempt.path.name()).isFalse();
            attempt.close();
        }
    }

    @Test
    void bodies_that_stop_coming_hold_nobody_up() throws Exception {
        List<Attempt> stalled = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Attempt attempt = new Attempt(Path.SEND);
                stalled.add(attempt);
                attempt.send(new Sent(length(attempt.body().length), new byte[0]));
            }
            try (Attempt sound = new Attempt(Path.SEND)) {
                sound.socket.setSoTimeout(3_000);
                sound.send(new Sent(length(sound.body().length), sound.body()));
                assertThat(status(sound.answerLine())).isEqualTo(200);
            }
        } finally {
            stalled.forEach(Attempt::close);
        }
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    void a_client_that_goes_within_its_body_has_done_nothing(Path path) throws Exception {
        try (Attempt attempt = new Attempt(path)) {
            byte[] body = attempt.body();
            attempt.send(new Sent(length(body.length + 9), body));
            attempt.reset();
            assertThat(attempt.isDone()).isFalse();
        }
    }

    /** Liberty goes by the chunks then, and the answer tells what was done. */
    @Test
    void a_length_beside_chunks_does_not_count() throws Exception {
        try (Attempt attempt = new Attempt(Path.SEND)) {
            byte[] body = attempt.body();
            attempt.send(new Sent(CHUNKED + length(5), join(size(body), body, "\r\n0\r\n\r\n")));
            assertThat(status(attempt.answerLine())).isEqualTo(200);
            assertThat(attempt.isDone()).isTrue();
        }
    }

    private static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    private static String length(int bytes) {
        return "Content-Length: " + bytes + "\r\n";
    }

    private static String size(byte[] chunk) {
        return Integer.toHexString(chunk.length) + "\r\n";
    }

    private static byte[] join(Object... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Object part : parts) {
            joined.writeBytes(part instanceof byte[] bytes ? bytes : ((String) part).getBytes(UTF_8));
        }
        return joined.toByteArray();
    }

    private interface Damage {
        void on(byte[] packed);
    }

    private static Sent gzipped(byte[] body, Damage damage) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(body);
        }
        byte[] bytes = packed.toByteArray();
        damage.on(bytes);
        return new Sent("Content-Encoding: gzip\r\n" + length(bytes.length), bytes);
    }

    /** One request on a socket of its own. */
    private final class Attempt implements AutoCloseable {
        private final Path path;
        private final String name = Names.fresh("faulty");
        private final Socket socket;
        private final StreamClient session;

        Attempt(Path path) throws IOException {
            this.path = path;
            this.socket = new Socket(gateway.http().getHost(), gateway.http().getPort());
            socket.setSoTimeout(20_000);
            if (path == Path.EMULATION) {
                session = StreamClient.of(gateway, StreamClient.Kind.HTTP_STREAM);
                session.connectAs(name);
            } else {
                session = null;
            }
        }

        byte[] body() {
            String body = session == null
                    ? path.body.replace("NAME", name)
                    : Json.object("{'session': '%s', 'node': '%s'}", session.session(), session.node())
                            .put(
                                    "data",
                                    Json.object("{'id': 9, 'publish': {'channel': '%s', 'data': 1}}", name)
                                            .toString())
                            .toString();
            return body.getBytes(UTF_8);
        }

        void send(Sent sent) throws IOException {
            String head = "POST /" + path.path.replace("NAME", name) + " HTTP/1.1\r\nHost: localhost:"
                    + gateway.http().getPort() + "\r\nX-API-Key: " + LibertyServer.API_KEY
                    + "\r\nContent-Type: application/json\r\n" + sent.head() + "\r\n";
            try {
                socket.getOutputStream().write(join(head.getBytes(ISO_8859_1), sent.body()));
            } catch (IOException e) {
                assertThat(sent.body().length)
                        .as("it ends the line while we write")
                        .isGreaterThan(1 << 20);
            }
        }

        void halfClose() throws IOException {
            socket.shutdownOutput();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Until the end of the connection. */
        String answer() throws IOException {
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }

        /** Until its first line is there. */
        String answerLine() throws IOException {
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine();
        }

        /** Whether anything of what the path does can be seen. */
        boolean isDone() {
            Api api = gateway.api();
            return switch (path) {
                case SEND -> api.message(name, name).status() == 200;
                case PUBLISH, BROADCAST, BATCH, EMULATION ->
                    api.post("/api/history", "{'channel': '%s', 'limit': 1}", name)
                                    .json()
                                    .at("/result/publications")
                                    .size()
                            > 0;
                case REVOKE -> api.get("/api/revocations").body().contains(name);
                case CLEANUP -> api.get("/api/cleanup/audit?limit=1000").body().contains(name);
                case STREAM -> api.get("/api/clients").body().contains(name);
                case DISCONNECT, NO_BODY_WANTED -> false;
            };
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (session != null) {
                session.drop();
            }
        }
    }
}
