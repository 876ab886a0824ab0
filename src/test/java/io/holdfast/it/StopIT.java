package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whichever way the server is told to end, its clients are told first: each gets 3001, and none loses its line (1006). */
class StopIT {
    private static final int CLIENTS = 200;
    private static final int SHUTDOWN = 3001;

    /** The code of a process that SIGTERM or SIGINT ended. */
    private static final int TERMINATED = 128 + 15;

    private static final int INTERRUPTED = 128 + 2;

    /** Longer than a test has patience. */
    private static final String LONG = "PT2M";

    private static LibertyServer prepare(String name, String... more) {
        Map<String, String> variables = new HashMap<>(Map.of("holdfast.insecure", "true"));
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return LibertyServer.prepare("stop-" + name, variables);
    }

    private static List<SocketClient> connect(LibertyServer gateway, int count) {
        List<SocketClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SocketClient client = gateway.socket();
            client.connectAs("stop-" + i);
            clients.add(client);
        }
        return clients;
    }

    private static void areSentAway(List<SocketClient> clients) {
        assertThat(clients.stream().map(client -> client.awaitClose().code()))
                .as("codes of the closes")
                .containsOnly(SHUTDOWN);
    }

    private static void areClosedOneAfterTheOther(List<SocketClient> clients) {
        Map<Long, Long> whenOpen = new LinkedHashMap<>(Map.of((long) CLIENTS, System.nanoTime()));
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(5)).until(() -> {
            long open = clients.stream().filter(SocketClient::isOpen).count();
            whenOpen.put(open, System.nanoTime());
            return open == 0;
        });
        assertThat(whenOpen.keySet()).anyMatch(open -> open > CLIENTS / 4 && open < CLIENTS * 3 / 4);
        assertThat(Duration.ofNanos(whenOpen.get(0L) - whenOpen.get((long) CLIENTS)))
                .isGreaterThan(Duration.ofSeconds(1));
    }

    @Test
    void at_sigterm_two_hundred_stock_clients_are_closed_with_3001() throws Exception {
        try (LibertyServer gateway = prepare("stock").start()) {
            List<JavaSdk> clients = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(JavaSdk.open(gateway.websocket(), "{'client': 'stock-%d'}", i));
                }
                clients.forEach(JavaSdk::awaitConnected);
                gateway.signal("TERM");
                assertThat(gateway.awaitEnd()).as(gateway.log()).isEqualTo(TERMINATED);
                assertThat(clients)
                        .allSatisfy(client -> assertThat(client.reconnects())
                                .as("why it connects anew")
                                .isNotEmpty()
                                .containsOnly(SHUTDOWN));
            } finally {
                clients.forEach(JavaSdk::close);
            }
            assertThat(gateway.log())
                    .contains("Holdfast closes 200 connections")
                    .contains("Holdfast has drained: 200");
        }
    }

    @Test
    void a_server_stop_waits_until_all_are_closed_one_after_the_other() throws Exception {
        try (LibertyServer gateway = prepare("command").start()) {
            List<SocketClient> clients = connect(gateway, CLIENTS);
            CompletableFuture<Integer> stop = CompletableFuture.supplyAsync(gateway::stopByCommand);
            areClosedOneAfterTheOther(clients);
            areSentAway(clients);
            assertThat(stop.get()).as(gateway.log()).isZero();
            assertThat(gateway.awaitEnd()).isZero();
        }
    }

    @Test
    void for_the_delay_it_serves_as_before_but_is_not_ready() throws Exception {
        try (LibertyServer gateway =
                        prepare("delay", "holdfast.stop.delay", "PT10S").start();
                SocketClient before = gateway.socket()) {
            before.connectAs("before");
            long told = System.nanoTime();
            gateway.signal("TERM");
            gateway.awaitAnswer("/health/ready", 503);
            assertThat(gateway.api().get("/health/ready").body()).contains("told to stop");
            try (SocketClient late = gateway.socket()) {
                late.connectAs("late");
                for (String client : List.of("before", "late")) {
                    gateway.api().sendNumbers(client, 1, 3);
                }
                assertThat(before.publications("#before", 3)).hasSize(3);
                assertThat(late.publications("#late", 3)).hasSize(3);
                assertThat(before.isOpen()).isTrue();
                areSentAway(List.of(before, late));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - told)).isGreaterThan(Duration.ofSeconds(10));
            assertThat(gateway.awaitEnd()).isEqualTo(TERMINATED);
        }
    }

    @Test
    void a_second_signal_ends_it_in_less_than_a_second() throws Exception {
        try (LibertyServer gateway =
                        prepare("twice", "holdfast.stop.delay", LONG).start();
                SocketClient client = gateway.socket()) {
            client.connectAs("waiting");
            gateway.signal("TERM");
            gateway.awaitAnswer("/health/ready", 503);
            await().pollDelay(Duration.ofMillis(300))
                    .until(client::isOpen); // sooner, it would be one signal that came twice
            long second = System.nanoTime();
            gateway.signal("TERM");
            assertThat(gateway.awaitEnd()).isEqualTo(TERMINATED);
            assertThat(Duration.ofNanos(System.nanoTime() - second)).isLessThan(Duration.ofSeconds(1));
        }
    }

    /** A process that was started in the background ignores SIGINT, and so does what it starts. */
    @Test
    @Tag("slow")
    void at_sigint_all_are_closed_at_once() throws Exception {
        try (LibertyServer gateway = prepare("interrupt", "holdfast.stop.delay", LONG)
                .launcher("env", "--default-signal=INT")
                .start()) {
            List<SocketClient> clients = connect(gateway, CLIENTS);
            long told = System.nanoTime();
            gateway.signal("INT");
            areSentAway(clients);
            assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(10));
            assertThat(gateway.awaitEnd()).isEqualTo(INTERRUPTED);
        }
    }

    @Test
    @Tag("slow")
    void it_drains_where_the_jvm_ends_by_itself() throws Exception {
        try (LibertyServer gateway =
                prepare("never", "holdfast.stop.signals", "never").start()) {
            List<SocketClient> clients = connect(gateway, CLIENTS);
            gateway.signal("TERM");
            areClosedOneAfterTheOther(clients);
            areSentAway(clients);
            assertThat(gateway.awaitEnd()).isEqualTo(TERMINATED);
        }
    }

    /** As in a container, where signals that nobody handles are lost. */
    @Test
    @Tag("slow")
    void it_drains_as_process_1_of_a_container() throws Exception {
        List<String> container =
                List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child");
        List<String> tried = new ArrayList<>(container);
        tried.add("true");
        Machine.needs(
                new ProcessBuilder(tried).start().waitFor() == 0,
                "A process cannot be process 1 here: unshare needs user namespaces, and leave to mount /proc");
        try (LibertyServer gateway =
                prepare("first").launcher(container.toArray(String[]::new)).start()) {
            List<SocketClient> clients = connect(gateway, CLIENTS);
            gateway.signal("TERM");
            areSentAway(clients);
            assertThat(gateway.awaitEnd()).isEqualTo(TERMINATED);
        }
    }

    @Test
    @Tag("slow")
    void what_was_undeployed_holds_up_no_stop_and_what_was_deployed_again_drains() throws Exception {
        try (LibertyServer gateway =
                prepare("again", "holdfast.stop.delay", "PT1S").start()) {
            Path serverXml = gateway.dataDirectory().resolveSibling("server.xml");
            String with = Files.readString(serverXml);
            String without = with.replaceFirst("(?s)<webApplication id=\"holdfast\".*?</webApplication>", "");
            assertThat(without).isNotEqualTo(with);
            for (int round = 1; round <= 3; round++) {
                Files.writeString(serverXml, without);
                gateway.awaitAnswer("/mode", 404);
                Files.writeString(serverXml, with);
                gateway.awaitAnswer("/mode", 200);
            }
            List<SocketClient> clients = connect(gateway, 20);
            gateway.signal("TERM");
            areSentAway(clients);
            assertThat(gateway.awaitEnd()).isEqualTo(TERMINATED);
            String once = "Holdfast closes ";
            assertThat(gateway.log().split(once, -1))
                    .as("the stop is held up once")
                    .hasSize(2);
        }
    }

    @Test
    @Tag("slow")
    void two_gateways_on_one_server_both_drain() throws Exception {
        for (String how : List.of("TERM", "server stop")) {
            try (LibertyServer server = TwoWarsIT.prepare("stop-two-wars", Map.of("holdfast.insecure", "true"))
                    .start()) {
                List<SocketClient> clients = new ArrayList<>();
                for (String root : List.of(TwoWarsIT.LEFT, TwoWarsIT.RIGHT)) {
                    for (int i = 0; i < 20; i++) {
                        SocketClient client = SocketClient.open(server.websocket(root));
                        client.connectAs("two-" + i);
                        clients.add(client);
                    }
                }
                if (how.equals("TERM")) {
                    server.signal(how);
                } else {
                    server.stopByCommand();
                }
                areSentAway(clients);
                server.awaitEnd();
            }
        }
    }
}
