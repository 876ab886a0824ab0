package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SendOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that asks for its own outbox as for any channel. */
class OwnOutboxTest {
    private static final String WITHOUT = "{\"client\":\"u1\",\"outbox\":false}";

    private final CommandsFixture talk = CommandsFixture.insecure();

    @AfterEach
    void close() {
        talk.close();
    }

    @Test
    void it_gets_its_messages_from_its_subscribe_reply_on() {
        send(1);
        CommandsFixture.Peer peer = talk.new Peer().connect(WITHOUT);
        assertThat(peer.afterAll(8)).noneMatch(piece -> piece.contains("\"n\":1"));
        subscribe(peer, 2, "");
        peer.hears("{\"data\":{\"n\":1},");
        send(2);
        peer.hears("{\"data\":{\"n\":2},");
        peer.say("{\"id\":3,\"subscribe\":{\"channel\":\"#u1\"}}").hearsError(3, 105);
    }

    @Test
    void with_its_position_it_goes_on_from_there() {
        CommandsFixture.Peer first = talk.new Peer().connect(WITHOUT);
        subscribe(first, 2, "");
        send(1);
        send(2);
        first.hears("{\"data\":{\"n\":2},");
        String epoch = talk.engine.info("#u1").top().epoch();
        CommandsFixture.Peer second = talk.new Peer().connect(WITHOUT);
        subscribe(second, 2, ",\"recover\":true,\"offset\":1,\"epoch\":\"" + epoch + "\"");
        second.hears("\"recovered\":true").hears("{\"data\":{\"n\":2},");
        assertThat(second.heard()).noneMatch(piece -> piece.contains("{\"n\":1}"));
    }

    @Test
    void whoever_has_it_from_the_connect_on_or_means_another_one_is_refused() {
        talk.new Peer()
                .connect("{\"client\":\"u1\"}")
                .say("{\"id\":2,\"subscribe\":{\"channel\":\"#u1\"}}")
                .hearsError(2, 105);
        talk.new Peer()
                .connect(WITHOUT)
                .say("{\"id\":2,\"subscribe\":{\"channel\":\"#u2\"}}")
                .hearsError(2, 103)
                .say("{\"id\":3,\"subscribe\":{\"channel\":\"#u1\",\"tf\":{\"key\":\"k\",\"cmp\":\"ex\"}}}")
                .hearsError(3, 107)
                .say("{\"id\":4,\"subscribe\":{\"channel\":\"#u1\",\"flag\":2}}")
                .hearsError(4, 108)
                .say("{\"id\":5,\"unsubscribe\":{\"channel\":\"#u1\"}}")
                .hearsError(5, 103);
    }

    @Test
    void presence_and_history_that_nobody_may_ask_for_are_not_available() {
        CommandsFixture closed = CommandsFixture.secure();
        try {
            CommandsFixture.Peer peer = closed.new Peer();
            peer.say("{\"id\":1,\"connect\":{\"token\":\"" + closed.token("\"sub\":\"u1\"") + "\"}}")
                    .hears("\"id\":1,\"connect\"")
                    .say("{\"id\":2,\"presence\":{\"channel\":\"news\"}}")
                    .hearsError(2, 108)
                    .say("{\"id\":3,\"presence_stats\":{\"channel\":\"news\"}}")
                    .hearsError(3, 108)
                    .say("{\"id\":4,\"history\":{\"channel\":\"news\"}}")
                    .hearsError(4, 108)
                    .say("{\"id\":5,\"history\":{\"channel\":\"#u1\"}}")
                    .hearsError(5, 103)
                    .say("{\"id\":6,\"publish\":{\"channel\":\"news\",\"data\":1}}")
                    .hearsError(6, 103);
        } finally {
            closed.close();
        }
    }

    private static void subscribe(CommandsFixture.Peer peer, int id, String more) {
        peer.say("{\"id\":" + id + ",\"subscribe\":{\"channel\":\"#u1\"" + more + "}}")
                .hears("{\"id\":" + id + ",\"subscribe\":{\"recoverable\":true,\"positioned\":true");
    }

    private void send(int n) {
        talk.manager
                .send("u1", "{\"n\":" + n + "}", SendOptions.defaults())
                .toCompletableFuture()
                .join();
    }
}
