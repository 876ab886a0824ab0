package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Revocation;
import io.holdfast.access.Rules;
import io.holdfast.access.TokenOptions;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.stream.Publication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an outsider's clock appears in goes by wall time, however far the steady clock is from it. */
class WallTimeTest {
    private static final long HOUR = 3_600;

    private CommandsFixture talk = CommandsFixture.secure();

    @AfterEach
    void close() {
        talk.close();
    }

    /** Negative: it started with a fast clock. Positive: a step forward, or a virtual machine that was resumed. */
    private void wallIsAhead(long seconds) {
        talk.step(Duration.ofSeconds(seconds));
    }

    private String lasting(String claims, int seconds) {
        return talk.token(claims + ",\"exp\":" + (talk.wall.now().getEpochSecond() + seconds));
    }

    private CommandsFixture.Peer connect(String token) {
        return talk.new Peer().say("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
    }

    @ParameterizedTest
    @ValueSource(longs = {-HOUR, 0, HOUR})
    void a_fresh_token_is_good_and_an_expired_one_is_not_wherever_the_steady_clock_is(long ahead) {
        wallIsAhead(ahead);
        connect(lasting("\"sub\":\"u1\"", 60)).hears("\"expires\":true,\"ttl\":60");
        connect(lasting("\"sub\":\"u1\"", -60)).hearsError(1, 109);
        connect(lasting("\"sub\":\"u1\",\"nbf\":NOW", 60)).hears("\"expires\":true,\"ttl\":60");
        connect(talk.token("\"sub\":\"u1\",\"nbf\":" + (talk.wall.now().getEpochSecond() + 60)))
                .endsWith(3500);
    }

    @ParameterizedTest
    @ValueSource(longs = {-HOUR, HOUR})
    void a_refresh_and_a_subscription_token_are_judged_by_wall_time(long ahead) {
        wallIsAhead(ahead);
        CommandsFixture.Peer peer = connect(lasting("\"sub\":\"u1\"", 60)).hears("\"connect\"");
        peer.say("{\"id\":2,\"refresh\":{\"token\":\"" + lasting("\"sub\":\"u1\"", 90) + "\"}}")
                .hears("\"ttl\":90");
        String channel = "\"sub\":\"u1\",\"channel\":\"a\"";
        peer.say("{\"id\":3,\"subscribe\":{\"channel\":\"a\",\"token\":\"" + lasting(channel, -60) + "\"}}")
                .hears("{\"id\":3,\"error\"");
        peer.say("{\"id\":4,\"subscribe\":{\"channel\":\"a\",\"token\":\"" + lasting(channel, 30) + "\"}}")
                .hears("{\"id\":4,\"subscribe\":{\"expires\":true,\"ttl\":30");
        peer.say("{\"id\":5,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"" + lasting(channel, 40) + "\"}}")
                .hears("{\"id\":5,\"sub_refresh\":{\"expires\":true,\"ttl\":40");
    }

    @Test
    void a_session_ends_when_its_token_has_expired_by_a_clock_that_was_stepped() {
        CommandsFixture.Peer waits = talk.new Peer();
        CommandsFixture.Peer json = connect(lasting("\"sub\":\"u1\"", 3_000)).hears("\"connect\"");
        CommandsFixture.Peer other = connect(lasting("\"sub\":\"u2\"", 9_000)).hears("\"connect\"");
        wallIsAhead(HOUR);
        json.endsWith(3005);
        assertThat(other.ended()).isNull();
        assertThat(waits.ended())
                .as("the time limit of a connect is no matter of wall time")
                .isNull();
    }

    @Test
    void a_subscription_ends_when_its_token_has_expired_by_a_clock_that_was_stepped() {
        CommandsFixture.Peer peer = connect(lasting("\"sub\":\"u1\"", 90_000)).hears("\"connect\"");
        String token = lasting("\"sub\":\"u1\",\"channel\":\"a\"", 3_000);
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"a\",\"token\":\"" + token + "\"}}")
                .hears("\"id\":2,\"subscribe\"");
        wallIsAhead(HOUR);
        peer.hears("\"unsubscribe\":{\"code\":2501");
        assertThat(peer.ended()).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {-HOUR, HOUR})
    void what_the_api_grants_until_a_moment_ends_at_it(long ahead) {
        wallIsAhead(ahead);
        CommandsFixture.Peer peer = connect(talk.token("\"sub\":\"u1\"")).hears("\"connect\"");
        Instant soon = talk.wall.now().plusSeconds(60);
        talk.manager.subscribe("u1", null, "a", new SubscriptionTerms(null, null, null, soon));
        talk.manager.refresh("u1", null, soon.plusSeconds(60), null);
        peer.hears("\"ttl\":120");
        talk.pass(Duration.ofSeconds(59));
        peer.afterAll(7);
        assertThat(peer.heard()).noneMatch(piece -> piece.contains("\"unsubscribe\""));
        talk.pass(Duration.ofSeconds(1));
        peer.hears("\"unsubscribe\":{\"code\":2501");
        wallIsAhead(HOUR);
        peer.endsWith(3005);
    }

    @ParameterizedTest
    @ValueSource(longs = {-HOUR, HOUR})
    void a_revocation_counts_until_its_moment_of_wall_time(long ahead) throws Exception {
        wallIsAhead(ahead);
        String token = talk.token("\"sub\":\"u1\"");
        long end = talk.wall.now().toEpochMilli() + 60_000;
        talk.policy.revoke(Revocation.ofClient("u1", Revocation.ALL, end), talk.wall.now());
        talk.pass(Duration.ofSeconds(59));
        connect(token).endsWith(3500);
        talk.pass(Duration.ofSeconds(1));
        connect(token).hears("\"connect\"");
    }

    @Test
    void a_login_of_the_container_ends_by_wall_time() {
        talk.close();
        talk = new CommandsFixture(Rules.options(
                false,
                IdentitySource.CONTAINER,
                TokenOptions.ofSecret(CommandsFixture.SECRET),
                Rules.namespaces(Rules.namespace("news", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 1)),
                List.of()));
        wallIsAhead(-HOUR);
        CommandsFixture.Peer peer = talk.new Peer(Format.JSON, () -> "u1").say("{\"id\":1,\"connect\":{}}");
        peer.hears("\"connect\"");
        talk.pass(Duration.ofSeconds(60));
        peer.afterAll(2);
        assertThat(peer.ended()).isNull();
        wallIsAhead(HOUR);
        peer.endsWith(3005);
    }

    @ParameterizedTest
    @ValueSource(longs = {-HOUR, HOUR})
    void clients_are_told_the_wall_time_at_which_a_message_expires(long ahead) throws Exception {
        wallIsAhead(ahead);
        CommandsFixture.Peer peer = talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\"")
                        + "\",\"data\":{\"tags\":true}}}")
                .hears("\"connect\"");
        long expires = talk.wall.now().plusSeconds(60).toEpochMilli();
        long published = talk.wall.now().toEpochMilli();
        SendOptions how = SendOptions.defaults().withId("m1").withTtl(Duration.ofSeconds(60));
        talk.manager
                .send("u1", "1".getBytes(StandardCharsets.UTF_8), how)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        peer.hears("\"expires\":\"" + expires + "\"");
        assertThat(talk.manager.message("u1", "m1").orElseThrow().publishedAtMillis())
                .isEqualTo(published);
        Publication found =
                talk.manager.history("#u1", 1, null, false).publications().get(0);
        assertThat(found.expiresAtMillis()).isEqualTo(expires);
        assertThat(found.publishedAtMillis()).isEqualTo(published);
    }
}
