package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.commit.Gateway;
import io.holdfast.delivery.commit.Workbench;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a client can do, and what others see of it, from the moment at which it has a reply. */
class ReplyOrderTest {
    private final Workbench bench = new Workbench();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Thread begin(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        Gateway.until(() -> thread.getState() == Thread.State.BLOCKED || !thread.isAlive());
        return thread;
    }

    @Test
    void a_client_that_has_its_connect_reply_can_be_subscribed_by_the_server() throws Exception {
        Workbench.Line line = bench.connect();
        line.connection.identify("u1", null);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        bench.writers = work -> {
            held.countDown();
            OpenConnectionTest.pass(goOn);
            return new Thread(() -> {});
        };
        Thread holder = new Thread(bench.writer::start); // nobody can wake the writer meanwhile
        holder.start();
        OpenConnectionTest.pass(held);
        Thread command = begin(() -> line.connection.replyConnected(bytes("connected")));
        assertThat(line.write().written).containsExactly("connected");
        CompletableFuture<Boolean> subscribed = new CompletableFuture<>();
        Thread call = begin(() ->
                subscribed.complete(line.connection.subscribeByServer("news", SubscriptionTerms.from(null), false)));
        goOn.countDown();
        for (Thread thread : new Thread[] {holder, command, call}) {
            thread.join(10_000);
        }

        assertThat(subscribed.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(line.write().written).containsExactly("connected", "subscribed news 0");
    }

    @Test
    void a_connection_that_has_no_connect_reply_yet_is_told_nothing_by_the_server() {
        Workbench.Line line = bench.connect();
        line.connection.identify("u1", null);
        assertThat(line.connection.subscribeByServer("news", SubscriptionTerms.from(null), false))
                .isFalse();
        assertThat(line.connection.refreshByServer(null, null)).isFalse();
        assertThat(line.write().written).isEmpty();
    }

    @Test
    void a_client_that_has_its_subscribe_reply_is_present() throws Exception {
        Workbench.Line line = bench.connect();
        line.connection.subscribe("news", null, SubscribeOptions.QUIET);
        isPresentWithTheReply(line, () -> line.start("news"), "subscribed news");
    }

    @Test
    void a_client_that_has_its_connect_reply_is_present() throws Exception {
        Workbench.Line line = bench.connect();
        line.connection.subscribe("news", null, SubscribeOptions.QUIET);
        isPresentWithTheReply(line, () -> line.connection.replyConnected(bytes("connected")), "connected");
    }

    private void isPresentWithTheReply(Workbench.Line line, Runnable replying, String reply) throws Exception {
        Channel channel = bench.channels.find("news");
        assertThat(channel.members()).isEmpty();
        Thread command;
        synchronized (channel) { // with the reply queued it cannot go on to start the subscription
            command = begin(replying);
            assertThat(line.write().written).containsExactly(reply);
            assertThat(channel.members()).hasSize(1);
        }
        command.join(10_000);
        assertThat(channel.members()).hasSize(1);
    }
}
