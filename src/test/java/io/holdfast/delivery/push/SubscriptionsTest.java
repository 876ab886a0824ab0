package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.commit.Gateway;
import io.holdfast.stream.Position;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionsTest {
    private final Gateway gateway = new Gateway();

    @AfterEach
    void close() {
        gateway.close();
    }

    private Instant in(int seconds) {
        return gateway.clock.wall.now().plusSeconds(seconds);
    }

    private Gateway.Client subscribed(String... channels) {
        Gateway.Client client = gateway.connect();
        client.connection.identify("u1", null);
        client.connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
        for (String channel : channels) {
            client.subscribe(channel, null);
        }
        return client;
    }

    @Test
    void a_subscription_ends_at_its_time_and_the_others_stay() {
        Gateway.Client client = subscribed("a", "b", "c");
        client.connection.subscription("a").endAt(in(60), null);
        client.connection.subscription("b").endAt(in(90), null);
        gateway.clock.advance(Duration.ofSeconds(61));
        Gateway.until(() -> client.lines().contains("unsubscribed a 2501"));
        assertThat(gateway.manager.presence("a")).isEmpty();
        assertThat(gateway.manager.presence("b")).hasSize(1);
        client.connection.subscription("b").endAt(in(90), null);
        gateway.clock.advance(Duration.ofSeconds(60));
        assertThat(gateway.manager.presence("b")).hasSize(1);
        gateway.clock.advance(Duration.ofSeconds(31));
        Gateway.until(() -> client.lines().contains("unsubscribed b 2501"));
        assertThat(gateway.manager.presence("c")).hasSize(1);
    }

    @Test
    void a_renewal_is_asked_once_instead_of_the_end() {
        Gateway.Client client = subscribed("a");
        AtomicInteger asked = new AtomicInteger();
        client.connection.subscription("a").endAt(in(60), asked::incrementAndGet);
        gateway.clock.advance(Duration.ofSeconds(61));
        Gateway.until(() -> asked.get() == 1);
        client.connection.subscription("a").endAt(in(30), null);
        gateway.clock.advance(Duration.ofSeconds(31));
        Gateway.until(() -> client.lines().contains("unsubscribed a 2501"));
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_refreshed_subscription_without_end_stays() {
        Gateway.Client client = subscribed("a", "b");
        client.connection.subscription("a").endAt(in(60), null);
        client.connection.subscription("b").endAt(in(60), null);
        client.connection.subscription("a").endAt(null, null);
        gateway.clock.advance(Duration.ofSeconds(61));
        Gateway.until(() -> client.lines().contains("unsubscribed b 2501"));
        assertThat(gateway.manager.presence("a")).hasSize(1);
    }

    @Test
    void a_position_that_cannot_be_recovered_gets_everything_that_is_left() throws Exception {
        for (int i = 1; i <= 3; i++) {
            gateway.publish("a", "m" + i);
        }
        Gateway.Client client = subscribed();
        assertThat(client.subscribe("a", new Position("another-life", 2)).recovered())
                .isFalse();
        Gateway.until(() -> client.lines().contains("a 3 m3"));
        assertThat(client.lines()).containsSubsequence("subscribed a", "a 1 m1", "a 2 m2", "a 3 m3");
    }

    @Test
    void what_was_removed_is_told_and_what_came_later_is_sent() throws Exception {
        Position first = gateway.publish("a", "m1").position();
        gateway.publish("a", "m2");
        gateway.manager.removeHistory("a").toCompletableFuture().get(10, TimeUnit.SECONDS);
        gateway.publish("a", "m3");
        Gateway.Client client = subscribed();
        assertThat(client.subscribe("a", first).recovered()).isFalse();
        Gateway.until(() -> client.lines().contains("a 3 m3"));
        assertThat(client.lines()).doesNotContain("a 1 m1", "a 2 m2");
    }

    @Test
    void of_two_simultaneous_subscribes_of_a_connection_one_succeeds() {
        Gateway.Client client = subscribed("a");
        assertThat(client.connection.subscribe("a", null, SubscribeOptions.QUIET))
                .isNull();
        assertThat(client.connection.subscribeByServer("a", SubscriptionTerms.from(null), false))
                .isFalse();
        client.connection.unsubscribe("a");
        assertThat(gateway.manager.channels("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "news*, news:1, true",
        "*s:1, news:1, true",
        "n*w*1, news:1, true",
        "n*x*1, news:1, false",
        "news, news:1, false",
        "*, news:1, true",
        "a*a, a, false"
    })
    void patterns(String pattern, String name, boolean matches) {
        assertThat(Channels.matches(pattern, name)).isEqualTo(matches);
    }
}
