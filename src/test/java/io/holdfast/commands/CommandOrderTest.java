package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands of one connection: which ones wait for which, and who does not have to. */
class CommandOrderTest {
    private static final String PUBLISH = "{\"id\":%d,\"publish\":{\"channel\":\"%s\",\"data\":%d}}";

    private final CommandsFixture talk = CommandsFixture.insecure();

    @AfterEach
    void close() {
        talk.close();
    }

    private CommandsFixture.Peer connected(String client) {
        return talk.new Peer().connect("{\"client\":\"" + client + "\",\"outbox\":false}");
    }

    private static List<String> replies(CommandsFixture.Peer peer) {
        return peer.heard().stream()
                .filter(piece -> piece.startsWith("{\"id\":") && !piece.startsWith("{\"id\":1,"))
                .toList();
    }

    @Test
    void commands_of_one_frame_are_answered_in_order_and_see_each_other() {
        for (int round = 0; round < 20; round++) {
            String channel = "c" + round;
            CommandsFixture.Peer peer = connected("u1");
            peer.say(
                    "{\"id\":2,\"subscribe\":{\"channel\":\"" + channel + "\"}}",
                    PUBLISH.formatted(3, channel, 7),
                    "{\"id\":4,\"history\":{\"channel\":\"" + channel + "\",\"limit\":10}}",
                    "{\"id\":5,\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"" + channel + "\",\"data\":8}}}",
                    "{\"id\":6,\"unsubscribe\":{\"channel\":\"" + channel + "\"}}",
                    "{\"id\":7,\"presence\":{\"channel\":\"" + channel + "\"}}");
            peer.hears("\"id\":7,");
            List<String> replies = replies(peer);
            assertThat(replies.stream().map(reply -> reply.substring(6, 7)))
                    .containsExactly("2", "3", "4", "5", "6", "7");
            assertThat(replies.get(2)).contains("\"data\":7,\"offset\":1,");
            assertThat(replies.get(5)).isEqualTo("{\"id\":7,\"presence\":{\"presence\":{}}}");
            assertThat(peer.heard()).anyMatch(piece -> piece.contains("\"data\":8,\"offset\":2,"));
        }
    }

    @Test
    void pipelined_publishes_share_a_batch() {
        CommandsFixture.Peer peer = connected("u1");
        List<String> frame = new ArrayList<>();
        for (int i = 0; i < 99; i++) {
            frame.add(PUBLISH.formatted(2 + i, "c", i));
        }
        frame.add("{\"id\":200,\"history\":{\"channel\":\"c\",\"limit\":0}}");
        int before = talk.batches.get();
        talk.storing = new CompletableFuture<>();
        peer.say(frame.toArray(String[]::new));
        talk.storing.complete(null);
        peer.hears("\"id\":200,\"history\":{");
        assertThat(replies(peer)).hasSize(100).last().asString().contains("\"offset\":99");
        assertThat(talk.batches.get() - before).isLessThanOrEqualTo(3);
    }

    @Test
    void what_waits_for_the_store_delays_neither_pongs_and_acks_nor_other_connections() {
        CommandsFixture.Peer slow = connected("u1");
        CommandsFixture.Peer other = connected("u2");
        talk.storing = new CompletableFuture<>();
        slow.say(PUBLISH.formatted(2, "c", 1), "{\"id\":3,\"history\":{\"channel\":\"c\",\"limit\":1}}");
        slow.say("{\"id\":4,\"rpc\":{\"method\":\"ack\",\"data\":{\"channel\":\"#u1\",\"epoch\":\"e\",\"offset\":1}}}")
                .hearsError(4, 107);
        other.say("{\"id\":2,\"subscribe\":{\"channel\":\"d\"}}").hears("\"id\":2,\"subscribe\"");
        assertThat(replies(slow)).noneMatch(reply -> reply.startsWith("{\"id\":3,"));
        talk.storing.complete(null);
        slow.hears("\"data\":1,\"offset\":1,");
    }

    @Test
    void commands_above_the_limit_are_refused_and_the_others_continue_in_order() {
        CommandsFixture.Peer peer = connected("u1");
        talk.storing = new CompletableFuture<>();
        peer.say(PUBLISH.formatted(2, "c", 1));
        String pad = "x".repeat(60_000);
        for (int i = 0; i < 6; i++) {
            peer.say("{\"id\":" + (10 + i) + ",\"history\":{\"channel\":\"c\",\"limit\":0,\"pad\":\"" + pad + "\"}}");
        }
        peer.hearsError(14, 111).hearsError(15, 111);
        talk.storing.complete(null);
        peer.hears("\"id\":13,\"history\"");
        assertThat(replies(peer).stream().map(reply -> reply.replaceAll("^.{6}(\\d+).*", "$1")))
                .containsExactly("14", "15", "2", "10", "11", "12", "13");
        peer.say("{\"id\":16,\"history\":{\"channel\":\"c\"}}").hears("\"id\":16,\"history\"");
    }

    @Test
    void nothing_is_carried_out_for_a_connection_that_has_ended() {
        CommandsFixture.Peer peer = connected("u1");
        talk.storing = new CompletableFuture<>();
        peer.say(PUBLISH.formatted(2, "c", 1), "{\"id\":3,\"subscribe\":{\"channel\":\"c\"}}");
        peer.conversation.ended(false);
        talk.storing.complete(null);
        connected("u2").say(PUBLISH.formatted(2, "c", 2)).hears("\"id\":2,\"publish\"");
        assertThat(talk.manager.presence("c")).isEmpty();
        assertThat(talk.manager.channels("")).isEmpty();
    }
}
