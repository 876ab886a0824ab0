package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.Rules;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a new token changes on an open connection. */
class RefreshTest {
    private static final String BEFORE =
            "\"sub\":\"u1\",\"device\":\"d\",\"channels\":[\"a\",\"b\"],\"info\":{\"n\":1}";

    private final CommandsFixture talk = new CommandsFixture(
            Rules.options(true, CommandsFixture.SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()));
    private CommandsFixture.Peer peer;

    @AfterEach
    void close() {
        talk.close();
    }

    @BeforeEach
    void connect() {
        peer = talk.new Peer();
        peer.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token(BEFORE) + "\"}}")
                .hears("\"id\":1,\"connect\"");
    }

    private void refresh(String claims) {
        peer.say("{\"id\":2,\"refresh\":{\"token\":\"" + talk.token(claims) + "\"}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"sub\":\"u1\",\"device\":\"d\",\"channels\":[\"a\"]",
                "\"sub\":\"u1\",\"device\":\"d\"",
                "\"sub\":\"u1\",\"device\":\"d\",\"channels\":[\"a\",\"b\",\"c\"]",
                "\"sub\":\"u1\",\"device\":\"d\",\"channels\":[\"a\"],\"subs\":{\"c\":{}}",
                "\"sub\":\"u1\",\"device\":\"other\",\"channels\":[\"a\",\"b\"]",
                "\"sub\":\"u1\",\"channels\":[\"a\",\"b\"]"
            })
    void a_token_with_other_connect_claims_makes_the_client_connect_again(String claims) {
        refresh(claims);
        peer.endsWith(3010);
        assertThat(talk.manager.channels("")).isEmpty();
    }

    @Test
    void a_token_with_the_same_channels_in_other_words_lets_the_connection_live() {
        refresh("\"sub\":\"u1\",\"device\":\"d\",\"channels\":[\"b\"],\"subs\":{\"a\":{}}");
        peer.hears("\"id\":2,\"refresh\"");
    }

    @Test
    void the_info_of_a_new_token_is_what_others_see() {
        refresh(BEFORE.replace("1}", "2}"));
        peer.hears("\"id\":2,\"refresh\"");
        assertThat(talk.manager.presence("a").get(0).connectionInfo())
                .asString()
                .isEqualTo("{\"n\":2}");
        refresh(BEFORE.replace(",\"info\":{\"n\":1}", ""));
        CommandsFixture.until(() -> talk.manager.presence("a").get(0).connectionInfo() == null);
        assertThat(peer.ended()).isNull();
    }

    @Test
    void an_expired_token_ends_what_it_was_for_so_that_the_sdk_comes_back_with_another() {
        String subscription = "\"sub\":\"u1\",\"channel\":\"c\",\"info\":";
        peer.say("{\"id\":3,\"subscribe\":{\"channel\":\"c\",\"token\":\"" + talk.token(subscription + "1") + "\"}}")
                .hears("\"id\":3,\"subscribe\"");
        peer.say("{\"id\":4,\"sub_refresh\":{\"channel\":\"c\",\"token\":\"" + talk.token(subscription + "2") + "\"}}")
                .hears("\"id\":4,\"sub_refresh\"");
        assertThat(talk.manager.presence("c").get(0).channelInfo()).asString().isEqualTo("2");
        String expired = talk.token(subscription + "1,\"exp\":1");
        peer.say("{\"id\":5,\"sub_refresh\":{\"channel\":\"c\",\"token\":\"" + expired + "\"}}")
                .hearsError(5, 109)
                .hears("{\"push\":{\"channel\":\"c\",\"unsubscribe\":{\"code\":2501,\"reason\":\"expired\"}}}");
        List<String> heard = peer.heard();
        assertThat(heard.get(heard.size() - 1)).as("after the push").startsWith("{\"id\":5,\"error\"");
        assertThat(talk.manager.presence("c")).isEmpty();
        refresh(BEFORE + ",\"exp\":1");
        peer.endsWith(3005);
    }

    @Test
    void a_guest_is_refreshed_by_a_token_without_a_name_and_stays_the_same_guest() {
        CommandsFixture.Peer guest = talk.new Peer();
        guest.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"channels\":[\"g\"]") + "\"}}")
                .hears("\"id\":1,\"connect\"");
        String name = talk.manager.presence("g").get(0).client();
        guest.say("{\"id\":2,\"refresh\":{\"token\":\"" + talk.token("\"channels\":[\"g\"],\"info\":7") + "\"}}")
                .hears("\"id\":2,\"refresh\"");
        assertThat(talk.manager.presence("g").get(0).connectionInfo())
                .asString()
                .isEqualTo("7");
        assertThat(talk.manager.presence("g").get(0).client()).isEqualTo(name);
        guest.say("{\"id\":3,\"refresh\":{\"token\":\"" + talk.token("\"sub\":\"u1\"") + "\"}}")
                .endsWith(3500);
    }

    @Test
    void a_client_is_not_refreshed_by_a_token_without_a_name() {
        refresh("\"channels\":[\"a\",\"b\"]");
        peer.endsWith(3500);
    }

    @Test
    void a_guest_confirms_nothing() {
        CommandsFixture.Peer guest = talk.new Peer();
        guest.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"channels\":[\"g\"]") + "\"}}")
                .hears("\"id\":1,\"connect\"");
        assertThat(guest.heard().get(0)).doesNotContain("#");
        String outbox = "#" + talk.manager.presence("g").get(0).client();
        guest.say("{\"id\":2,\"rpc\":{\"method\":\"ack\",\"data\":{\"channel\":\"" + outbox
                        + "\",\"epoch\":\"e\",\"offset\":1}}}")
                .hearsError(2, 107);
        guest.say("{\"id\":3,\"subscribe\":{\"channel\":\"" + outbox + "\"}}").hearsError(3, 103);
    }
}
