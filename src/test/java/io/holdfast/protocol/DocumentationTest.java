package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps docs/protocol.md true. */
class DocumentationTest {

    private static final Path PAGE = Path.of("docs", "protocol.md");

    private final JsonCodec codec = new JsonCodec();

    @Test
    void every_documented_command_can_be_read() throws Exception {
        List<String> frames = lines("C> ");

        assertThat(frames).hasSizeGreaterThan(8);
        for (String frame : frames) {
            assertThat(codec.decode(frame)).as(frame).hasSize(1).noneMatch(Command::pong);
        }
    }

    @Test
    void every_documented_answer_is_what_the_server_writes() throws Exception {
        SubscribeResult outbox = new SubscribeResult(false, 0, true, true, "x1", 17, true, true);
        String version = "Holdfast 0.1";
        Stream<byte[]> written = Stream.of(
                codec.reply(
                        1,
                        new ConnectResult(
                                "5c3f", version, true, 600, Map.of("#u42", outbox), 25, true, "5c3f", "n1", null)),
                codec.publicationPush(
                        "#u42",
                        18,
                        "{\"text\":\"while you were away\"}".getBytes(UTF_8),
                        null,
                        Long.MAX_VALUE,
                        Map.of(),
                        null),
                codec.reply(2, new SubscribeResult(false, 0, true, true, "e", 3, false, false)),
                codec.reply(3, new SubscribeResult(false, 0, true, true, "e", 3, true, true)),
                codec.reply(4, new PublishResult()),
                codec.reply(5, new UnsubscribeResult()),
                codec.reply(6, new RefreshResult("5c3f", version, true, 600)),
                codec.reply(7, new PingResult()),
                codec.compressedPush(
                        "orders:7",
                        4,
                        "{\"state\":\"open\",\"lines\":[1,2]}".getBytes(UTF_8),
                        false,
                        null,
                        Long.MAX_VALUE,
                        Map.of(),
                        null),
                codec.reply(8, new RpcResult("{\"acked\":19}".getBytes(UTF_8))),
                codec.publicationPush(
                        "#u42",
                        19,
                        "{\"text\":\"paid\"}".getBytes(UTF_8),
                        "order-7-paid",
                        1790000000000L,
                        Map.of("kind", "paid"),
                        null),
                codec.error(3, ErrorCode.PERMISSION_DENIED),
                codec.error(4, ErrorCode.INTERNAL));

        assertThat(lines("S> "))
                .containsExactlyElementsOf(
                        written.map(piece -> new String(piece, UTF_8)).toList());
    }

    @Test
    void every_code_is_documented_with_its_words() throws Exception {
        List<String> codes = lines("| ");

        Stream<String> errors = Arrays.stream(ErrorCode.values()).map(e -> e.code() + " | " + e.message() + " |");
        Stream<String> closes = Arrays.stream(CloseCode.values()).map(c -> c.code() + " | " + c.reason() + " |");
        assertThat(Stream.concat(errors, closes))
                .allMatch(row -> codes.stream().anyMatch(line -> line.startsWith(row)));
    }

    private static List<String> lines(String prefix) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }
}
