package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.delivery.SendOptions;
import io.holdfast.protocol.fossil.DeltaReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a subscription with delta compression is sent, read as a client reads it. */
class DeltasTest {
    private static final String FILLER = "x".repeat(40) + "ü".repeat(40) + "€".repeat(40);

    private final CommandsFixture talk = CommandsFixture.insecure();

    @AfterEach
    void close() {
        talk.close();
    }

    @Test
    void the_first_publication_is_whole_and_the_next_ones_are_deltas() {
        Reader reader = new Reader("u1").subscribe("");
        publish("news", row(1));
        publish("news", row(2));
        publish("news", row(3));
        assertThat(reader.rows(3)).containsExactly(row(1), row(2), row(3));
        assertThat(reader.deltas).containsExactly(false, true, true);
        assertThat(reader.sizes.get(1)).isLessThan(60);
    }

    @Test
    void a_subscriber_that_has_not_asked_gets_json_beside_one_that_has() {
        CommandsFixture.Peer plain =
                talk.new Peer().connect("{\"client\":\"u2\"}").say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}");
        plain.hears("\"id\":2,\"subscribe\"");
        assertThat(plain.heard()).noneMatch(piece -> piece.contains("\"delta\":true"));
        Reader reader = new Reader("u1").subscribe("");
        publish("news", row(1));
        publish("news", row(2));
        assertThat(reader.rows(2)).containsExactly(row(1), row(2));
        plain.hears("{\"data\":" + row(2) + ",");
    }

    @Test
    void with_a_filter_or_another_kind_of_delta_nothing_is_agreed() {
        CommandsFixture.Peer peer = talk.new Peer().connect("{\"client\":\"u1\"}");
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"delta\":\"fossil\","
                        + "\"tf\":{\"key\":\"k\",\"cmp\":\"ex\"}}}")
                .hears("\"id\":2,\"subscribe\"")
                .say("{\"id\":3,\"subscribe\":{\"channel\":\"other\",\"delta\":\"vcdiff\"}}")
                .hears("\"id\":3,\"subscribe\"");
        assertThat(peer.heard()).noneMatch(piece -> piece.contains("\"delta\":true"));
    }

    @Test
    void what_was_missed_comes_whole_first_and_then_as_deltas_up_to_the_live_ones() {
        publish("news", row(1));
        publish("news", row(2));
        publish("news", row(3));
        String epoch = talk.engine.info("news").top().epoch();
        Reader reader = new Reader("u1").subscribe(",\"recover\":true,\"offset\":1,\"epoch\":\"" + epoch + "\"");
        assertThat(reader.rows(2)).containsExactly(row(2), row(3));
        publish("news", row(4));
        publish("news", row(5));
        assertThat(reader.rows(4)).endsWith(row(4), row(5));
        assertThat(reader.deltas).containsExactly(false, true, false, true);
    }

    @Test
    void a_message_without_offset_comes_whole_and_so_does_the_next() {
        Reader reader = new Reader("u1").subscribe("");
        publish("news", row(1));
        publish("news", row(2));
        reader.rows(2);
        talk.manager.publish("news", row(9), SendOptions.defaults().nonCritical());
        assertThat(reader.rows(3)).endsWith(row(9));
        publish("news", row(3));
        publish("news", row(4));
        assertThat(reader.rows(5)).endsWith(row(3), row(4));
        assertThat(reader.deltas).containsExactly(false, true, false, false, true);
    }

    @Test
    void one_that_lives_for_seconds_only_is_whole_and_no_delta_goes_on_from_it() {
        Reader reader = new Reader("u1").subscribe("");
        publish("news", row(1));
        talk.manager
                .publish("news", row(2), SendOptions.defaults().withTtl(Duration.ofSeconds(5)))
                .toCompletableFuture()
                .join();
        publish("news", row(3));
        publish("news", row(4));
        assertThat(reader.rows(4)).containsExactly(row(1), row(2), row(3), row(4));
        assertThat(reader.deltas.get(2)).isFalse();
        assertThat(reader.deltas.get(3)).isTrue();
    }

    @Test
    void whatever_is_published_subscribers_that_come_and_go_read_the_same() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> published = new ArrayList<>();
        List<Reader> readers = new ArrayList<>();
        List<Integer> since = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            if (i % 10 == 0) {
                readers.add(new Reader("u" + i).subscribe(""));
                since.add(published.size());
            }
            String row = random.nextInt(5) == 0 ? "" + random.nextInt() : row(random.nextInt(1000));
            published.add(row);
            publish("news", row);
        }
        for (int i = 0; i < readers.size(); i++) {
            List<String> expected = published.subList(since.get(i), published.size());
            assertThat(readers.get(i).rows(expected.size())).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private static String row(int n) {
        return "{\"n\":" + n + ",\"text\":\"" + FILLER + "\",\"end\":" + n + "}";
    }

    private void publish(String channel, String json) {
        talk.manager
                .publish(channel, json, SendOptions.defaults())
                .toCompletableFuture()
                .join();
    }

    /** A client with delta compression, over JSON: each payload is a string, and a delta is one for the payload before. */
    private final class Reader {
        private static final ObjectMapper JSON = new ObjectMapper();

        private final CommandsFixture.Peer peer;
        private List<Boolean> deltas = List.of();
        private List<Integer> sizes = List.of();

        Reader(String client) {
            peer = talk.new Peer().connect("{\"client\":\"" + client + "\",\"outbox\":false}");
        }

        Reader subscribe(String more) {
            peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"delta\":\"fossil\"" + more + "}}")
                    .hears("\"delta\":true");
            return this;
        }

        /** The first payloads, once there are so many. */
        List<String> rows(int count) {
            CommandsFixture.until(() -> read().size() >= count);
            return read().subList(0, count);
        }

        private List<String> read() {
            List<String> rows = new ArrayList<>();
            List<Boolean> asDelta = new ArrayList<>();
            List<Integer> lengths = new ArrayList<>();
            byte[] previous = new byte[0];
            for (String piece : peer.heard()) {
                JsonNode publication = parse(piece).path("push").path("pub");
                if (publication.isMissingNode()) {
                    continue;
                }
                assertThat(publication.path("data").isTextual()).isTrue();
                byte[] data = publication.path("data").asText().getBytes(UTF_8);
                boolean delta = publication.path("delta").asBoolean();
                previous = delta ? DeltaReader.apply(previous, data) : data;
                rows.add(new String(previous, UTF_8));
                asDelta.add(delta);
                lengths.add(data.length);
            }
            deltas = asDelta;
            sizes = lengths;
            return rows;
        }

        private static JsonNode parse(String piece) {
            try {
                return JSON.readTree(piece);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
