package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SendOptions;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that would be large: they are bounded, and never end the connection that asked. */
class AnswerSizeTest {
    private final CommandsFixture talk = CommandsFixture.insecure();

    @AfterEach
    void close() {
        talk.close();
    }

    private CommandsFixture.Peer connected(int client) {
        return talk.new Peer().connect("{\"client\":\"u" + client + "\",\"outbox\":false}");
    }

    @Test
    void presence_of_a_large_channel_is_refused_and_presence_stats_has_the_number() {
        CommandsFixture.Peer asking = connected(0);
        for (int i = 1; i <= ChannelQueries.MOST_MEMBERS; i++) {
            connected(i).say("{\"id\":2,\"subscribe\":{\"channel\":\"crowd\"}}").hears("\"id\":2,\"subscribe\"");
        }
        asking.say("{\"id\":2,\"presence\":{\"channel\":\"crowd\"}}").hears("{\"id\":2,\"presence\":{\"presence\":{");
        connected(1).say("{\"id\":2,\"subscribe\":{\"channel\":\"crowd\"}}").hears("\"id\":2,\"subscribe\"");
        asking.say("{\"id\":3,\"presence\":{\"channel\":\"crowd\"}}").hearsError(3, 106);
        asking.say("{\"id\":4,\"presence_stats\":{\"channel\":\"crowd\"}}")
                .hears("{\"id\":4,\"presence_stats\":{\"num_clients\":1001,\"num_users\":1000}}");
        assertThat(asking.ended()).isNull();
        assertThat(talk.manager.stats().limits()).containsEntry("reply_bytes", 1L);
    }

    @Test
    void the_tags_of_publications_count_as_a_part_of_a_history() throws Exception {
        Map<String, String> tags = new TreeMap<>();
        for (int i = 0; i < 16; i++) {
            tags.put("t" + i, "x".repeat(250));
        }
        for (int i = 0; i < 10; i++) {
            talk.manager
                    .publish("news", "1", SendOptions.defaults().withTags(tags))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        }
        assertThat(talk.manager.history("news", 10, null, false, 10_000).publications())
                .hasSize(2);
        assertThat(talk.manager.history("news", 10, null, true, 10_000).publications())
                .hasSize(2);
        assertThat(talk.manager.history("news", 10, null, false, 1).publications())
                .hasSize(1);
    }
}
