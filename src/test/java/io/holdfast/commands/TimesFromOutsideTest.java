package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.Rules;
import io.holdfast.delivery.SubscriptionTerms;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every time that can come from outside, in every place where one can stand: it is honoured, capped or refused, what is told
 * of it fits the wire (a positive 31-bit number of seconds), and nobody's connection ends by an internal error.
 */
class TimesFromOutsideTest {
    private static final Pattern TTL = Pattern.compile("\"ttl\":([^,}]*)");

    private final CommandsFixture talk = new CommandsFixture(
            Rules.options(true, CommandsFixture.SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()));

    @AfterEach
    void close() {
        talk.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1",
                "NOW",
                "2147483648",
                "4294967296",
                "9007199254740992",
                "253402300799",
                "1e18",
                "1e300",
                "-1e300",
                "1e-300",
                "1.5",
                "18446744073709551616",
                "9223372036854775807",
                "9223372036854775",
                "\"253402300799\"",
                "\"tomorrow\"",
                "null",
                "true",
                "[]"
            })
    void no_time_in_a_token_or_command_breaks_anything(String time) {
        for (String claim : List.of("exp", "nbf", "iat")) {
            String claims = "\"sub\":\"u1\",\"" + claim + "\":" + time;
            connectAndRefresh(claims);
            subscribe(claims + ",\"channel\":\"news\"");
        }
        CommandsFixture.Peer peer = connected();
        peer.say("{\"id\":2,\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"news\",\"data\":1,\"ttl\":"
                + time.replace("NOW", "1700086400") + "}}}");
        check(peer, "rpc publish with ttl " + time);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 1L << 31, 1L << 32, 1L << 53, 253_402_300_799L, Long.MAX_VALUE})
    void no_time_that_the_application_names_breaks_anything(long seconds) {
        Instant moment = seconds > Instant.MAX.getEpochSecond()
                ? Instant.MAX
                : seconds < Instant.MIN.getEpochSecond() ? Instant.MIN : Instant.ofEpochSecond(seconds);
        CommandsFixture.Peer peer = connected();
        talk.manager.subscribe("u1", null, "news", new SubscriptionTerms(null, null, null, moment));
        talk.manager.refresh("u1", null, moment, null);
        check(peer, "refresh and subscribe until " + moment);
    }

    private void connectAndRefresh(String claims) {
        CommandsFixture.Peer connecting = talk.new Peer();
        connecting.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token(claims) + "\"}}");
        assertAnsweredOrEnded(connecting, 1, "connect with " + claims, 3500);
        CommandsFixture.Peer refreshing = talk.new Peer();
        refreshing
                .say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\",\"exp\":1800000000") + "\"}}")
                .hears("\"id\":1,\"connect\"");
        refreshing.say("{\"id\":2,\"refresh\":{\"token\":\"" + talk.token(claims) + "\"}}");
        assertAnsweredOrEnded(refreshing, 2, "refresh with " + claims, 3005, 3500);
    }

    private void subscribe(String claims) {
        CommandsFixture.Peer peer = connected();
        String token = talk.token(claims);
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"token\":\"" + token + "\"}}");
        check(peer, "subscribe with " + claims);
        peer.say("{\"id\":4,\"subscribe\":{\"channel\":\"news\",\"token\":\""
                + talk.token("\"sub\":\"u1\",\"channel\":\"news\"") + "\"}}");
        peer.say("{\"id\":5,\"sub_refresh\":{\"channel\":\"news\",\"token\":\"" + token + "\"}}");
        assertAnsweredOrEnded(peer, 5, "sub_refresh with " + claims, 3006);
    }

    private static void assertAnsweredOrEnded(CommandsFixture.Peer peer, int id, String what, Integer... codes) {
        CommandsFixture.until(() -> peer.ended() != null
                || peer.heard().stream().anyMatch(piece -> piece.startsWith("{\"id\":" + id + ",")));
        if (peer.ended() != null) {
            assertThat(peer.ended().code()).as(what).isIn((Object[]) codes);
        }
        checkNumbers(peer, what);
    }

    private CommandsFixture.Peer connected() {
        return talk.new Peer().connect("{\"client\":\"u1\",\"outbox\":false}");
    }

    private static void check(CommandsFixture.Peer peer, String what) {
        peer.say("{\"id\":9,\"ping\":{}}").hears("{\"id\":9,\"ping\":{}}");
        assertThat(peer.ended()).as(what).isNull();
        checkNumbers(peer, what);
    }

    private static void checkNumbers(CommandsFixture.Peer peer, String what) {
        for (String piece : peer.heard()) {
            Matcher ttl = TTL.matcher(piece);
            while (ttl.find()) {
                assertThat(Long.parseLong(ttl.group(1)))
                        .as("%s: %s", what, piece)
                        .isBetween(1L, (long) Integer.MAX_VALUE);
            }
        }
    }
}
