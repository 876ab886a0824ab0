package io.holdfast.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.History;
import io.holdfast.delivery.LaterMessage;
import io.holdfast.delivery.LaterPublishing;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.commit.Gateway;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Receipt;
import io.holdfast.transactions.TableSender.Outside;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sender, table and forwarder, on one database and with the whole of delivery. */
abstract class ForwarderContract {
    private static final TransactionSettings SETTINGS = new TransactionSettings("jdbc/shop");

    private final Gateway gateway = new Gateway();
    private ApplicationDatabase database;
    private Forwarder forwarder;
    /** Which payloads the gateway refuses, and why. */
    private volatile Function<String, Reason> refused = payload -> null;

    private final List<String> given = new CopyOnWriteArrayList<>();

    /** A database with the tables and without rows. */
    abstract ApplicationDatabase database() throws Exception;

    /** Whether rows are read although a transaction that has not ended has written an earlier row. */
    boolean readsPastOpenTransactions() {
        return true;
    }

    @BeforeEach
    void begin() throws Exception {
        gateway.timeToLive = Duration.ofDays(30);
        database = database();
        forwarder = newForwarder();
    }

    private Forwarder newForwarder() {
        return new Forwarder(SETTINGS, database::connectHooked, publishing(), gateway.clock, Runnable::run);
    }

    @AfterEach
    void end() {
        gateway.close();
    }

    /** Delivery, which can be made to refuse. */
    private LaterPublishing publishing() {
        return new LaterPublishing() {
            @Override
            public LaterMessage checkSend(String client, String json, SendOptions how) {
                return gateway.manager.checkSend(client, json, how);
            }

            @Override
            public LaterMessage checkPublish(String channel, String json, SendOptions how) {
                return gateway.manager.checkPublish(channel, json, how);
            }

            @Override
            public List<? extends CompletionStage<Receipt>> publish(List<LaterMessage> messages) {
                List<LaterMessage> taken = new ArrayList<>();
                for (LaterMessage message : messages) {
                    DeliveryException refusal = refusal(message);
                    if (refusal != null && taken.isEmpty()) {
                        throw refusal;
                    }
                    if (refusal != null) {
                        break;
                    }
                    taken.add(message);
                }
                taken.forEach(message -> given.add(message.id()));
                return gateway.manager.publish(taken);
            }

            @Override
            public boolean isPublished(LaterMessage message) {
                return gateway.manager.isPublished(message);
            }
        };
    }

    private DeliveryException refusal(LaterMessage message) {
        Reason reason = refused.apply(new String(message.payload(), StandardCharsets.UTF_8));
        return reason == null ? null : new DeliveryException(reason, "refused by the test");
    }

    private TransactionalSender sender(ApplicationDatabase.Transaction transaction) {
        return sender(SETTINGS, transaction::connect, transaction, message -> Outside.HIDDEN);
    }

    private TransactionalSender sender(
            TransactionSettings settings,
            Database database,
            CurrentTransaction transaction,
            Function<LaterMessage, Outside> look) {
        return new TableSender(settings, database, transaction, publishing(), forwarder::wake, look);
    }

    private void publish(String channel, String... payloads) throws SQLException {
        ApplicationDatabase.Transaction transaction = database.begin();
        for (String payload : payloads) {
            sender(transaction).publish(channel, payload);
        }
        transaction.commit();
    }

    private List<String> published(String channel) {
        History history = gateway.manager.history(channel, 10_000, null, false);
        return history.publications().stream()
                .map(publication -> new String(publication.payload(), StandardCharsets.UTF_8))
                .toList();
    }

    private List<String> rows() throws SQLException {
        return database.query("SELECT message_id FROM holdfast_outbox ORDER BY seq");
    }

    /** Once more, after the pause that follows a failure. */
    private void again(Duration later) {
        gateway.clock.advance(later);
        forwarder.wake();
    }

    @Test
    void messages_of_a_committed_transaction_come_in_order_and_leave_no_row() throws Exception {
        ApplicationDatabase.Transaction transaction = database.begin();
        SendOptions how = SendOptions.defaults()
                .withId("first")
                .withTtl(Duration.ofMinutes(1))
                .withTags(Map.of("a", "ä", "b", ""));
        assertThat(sender(transaction).send("k\u00e4ufer", "1", how)).isEqualTo("first");
        String second = sender(transaction).send("k\u00e4ufer", "{\"z\": 2}");
        String elsewhere = sender(transaction).publish("orders", "\"\\u20ac\"");
        assertThat(published("orders")).isEmpty();
        transaction.commit();

        List<Publication> sent =
                gateway.manager.history("#k\u00e4ufer", 10, null, false).publications();
        assertThat(sent).extracting(Publication::id).containsExactly("first", second);
        assertThat(sent.get(0).tags()).isEqualTo(Map.of("a", "ä", "b", ""));
        assertThat(sent.get(0).expiresAtMillis()).isEqualTo(gateway.clock.millis() + 60_000);
        assertThat(gateway.manager.history("orders", 10, null, false).publications())
                .extracting(Publication::id)
                .containsExactly(elsewhere);
        assertThat(rows()).isEmpty();
        assertThat(forwarder.state().forwarded()).isEqualTo(3);
        assertThat(forwarder.state().repeated()).isZero();
    }

    @Test
    void a_message_that_is_as_large_as_may_be_comes_too() throws Exception {
        int most = DeliverySettings.defaults().maxPublicationBytes();
        String largest = '"' + "x".repeat(most - 2) + '"';
        publish("orders", largest);
        assertThat(published("orders")).containsExactly(largest);
        assertThatThrownBy(() -> publish("orders", '"' + "x".repeat(most - 1) + '"'))
                .isInstanceOf(DeliveryException.class);
    }

    @Test
    void messages_of_a_transaction_that_was_rolled_back_never_come() throws Exception {
        ApplicationDatabase.Transaction transaction = database.begin();
        sender(transaction).publish("orders", "1");
        forwardWhileOpen();
        transaction.rollBack();
        forwarder.wake();
        assertThat(published("orders")).isEmpty();
        assertThat(given).isEmpty();
    }

    private void forwardWhileOpen() {
        if (readsPastOpenTransactions()) {
            forwarder.wake();
        }
    }

    @Test
    void a_row_that_becomes_visible_after_later_ones_is_published() throws Exception {
        ApplicationDatabase.Transaction slow = database.begin();
        sender(slow).publish("orders", "1");
        ApplicationDatabase.Transaction quick = database.begin();
        sender(quick).publish("orders", "2");
        if (readsPastOpenTransactions()) {
            quick.commit();
            assertThat(published("orders")).containsExactly("2");
            slow.commit();
            assertThat(published("orders")).containsExactly("2", "1");
        } else {
            slow.commit();
            quick.commit();
            assertThat(published("orders")).containsExactly("1", "2");
        }
        assertThat(rows()).isEmpty();
    }

    @Test
    void many_rows_of_many_channels_come_in_order() throws Exception {
        Map<String, List<String>> expected = new HashMap<>();
        Random random = new Random(5);
        for (int batch = 0; batch < 4; batch++) {
            ApplicationDatabase.Transaction transaction = database.begin();
            for (int i = 0; i < 200; i++) {
                String channel = "c" + random.nextInt(7);
                String payload = String.valueOf(batch * 1000 + i);
                sender(transaction).publish(channel, payload);
                expected.computeIfAbsent(channel, name -> new ArrayList<>()).add(payload);
            }
            transaction.commit();
        }
        expected.forEach((channel, payloads) -> assertThat(published(channel)).isEqualTo(payloads));
        assertThat(rows()).isEmpty();
    }

    @Test
    void rows_that_a_crash_left_after_their_receipts_are_published_once() throws Exception {
        database.beforeCommit = () -> {
            throw new SQLException("killed");
        };
        ApplicationDatabase.Transaction transaction = database.begin();
        sender(transaction).publish("orders", "1");
        sender(transaction).publish("orders", "2", SendOptions.defaults().withId("chosen"));
        transaction.commit();
        assertThat(published("orders")).containsExactly("1", "2");
        assertThat(rows()).hasSize(2);

        database.beforeCommit = () -> {};
        forwarder = newForwarder();
        again(gateway.deduplication.window().multipliedBy(12)); // far longer than ids are remembered for repeated calls

        assertThat(published("orders")).containsExactly("1", "2");
        assertThat(rows()).isEmpty();
        assertThat(forwarder.state().repeated()).isEqualTo(2);
    }

    @Test
    void at_a_start_rows_that_were_published_are_removed_before_ids_are_forgotten() throws Exception {
        database.beforeCommit = () -> {
            throw new SQLException("killed");
        };
        ApplicationDatabase.Transaction transaction = database.begin();
        sender(transaction).publish("orders", "1");
        sender(transaction).publish("orders", "2", SendOptions.defaults().withId("chosen"));
        transaction.commit();
        database.beforeCommit = () -> {};
        forwarder = newForwarder();
        refused = payload -> Reason.OVERLOADED;
        publish("orders", "3");
        assertThat(rows()).hasSize(3);

        gateway.clock.advance(Duration.ofDays(20));
        forwarder = newForwarder();
        forwarder.recognise();
        assertThat(rows()).hasSize(1);
        assertThat(forwarder.state().repeated()).isEqualTo(2);
        gateway.engine.forgetIds("orders");
        refused = payload -> null;
        forwarder.wake();
        assertThat(published("orders")).containsExactly("1", "2", "3");
    }

    @Test
    void they_are_published_once_if_the_clock_was_wrong_before_the_crash_too() throws Exception {
        database.beforeCommit = () -> {
            throw new SQLException("killed");
        };
        ApplicationDatabase.Transaction transaction = database.begin();
        sender(transaction).publish("orders", "1");
        sender(transaction).publish("orders", "2", SendOptions.defaults().withId("chosen"));
        transaction.commit();

        database.beforeCommit = () -> {};
        forwarder = newForwarder();
        gateway.engine.moveBack("orders", Duration.ofDays(3));
        again(Duration.ofDays(-3));
        assertThat(published("orders")).containsExactly("1", "2");
        assertThat(rows()).isEmpty();
    }

    @Test
    void an_id_that_is_used_again_after_the_window_is_another_message() throws Exception {
        SendOptions how = SendOptions.defaults().withId("daily");
        for (String payload : List.of("1", "2")) {
            ApplicationDatabase.Transaction transaction = database.begin();
            sender(transaction).publish("reports", payload, how);
            sender(transaction).publish("reports", "3", how);
            transaction.commit();
            gateway.clock.advance(gateway.deduplication.window().plusMillis(1));
        }
        assertThat(published("reports")).as("once in each window").containsExactly("1", "2");
        assertThat(rows()).isEmpty();
    }

    @Test
    void while_the_store_fails_rows_wait_and_come_later_in_order() throws Exception {
        gateway.engine.fail(EngineException.Reason.IO);
        publish("orders", "1", "2");
        publish("orders", "3");
        assertThat(rows()).hasSize(3);
        gateway.clock.advance(Duration.ofSeconds(3));
        assertThat(forwarder.state().failingFor()).isGreaterThan(Duration.ofSeconds(2));
        assertThat(forwarder.state().oldestWaiting()).isGreaterThan(Duration.ofSeconds(2));
        int attempts = given.size();
        forwarder.wake();
        assertThat(given).as("the channel, to see whether it still fails").hasSize(attempts + 3);
        forwarder.wake();
        assertThat(given).as("not again at once").hasSize(attempts + 3);

        gateway.engine.fail(null);
        for (int i = 0; i < 10 && !rows().isEmpty(); i++) {
            again(Duration.ofMinutes(2));
        }
        assertThat(published("orders")).containsExactly("1", "2", "3");
        assertThat(forwarder.state().failingFor()).isZero();
        assertThat(forwarder.state().oldestWaiting()).isZero();
    }

    @Test
    void while_the_node_drains_rows_wait_and_that_is_no_failure() throws Exception {
        refused = payload -> Reason.DRAINING;
        publish("orders", "1");
        gateway.clock.advance(Duration.ofSeconds(1));
        assertThat(rows()).hasSize(1);
        assertThat(forwarder.state().failures()).isZero();
        assertThat(forwarder.state().failingFor()).isZero();
        assertThat(forwarder.state().oldestWaiting()).isPositive();
    }

    @Test
    void a_server_without_threads_ends_neither_the_call_nor_the_sweep() throws Exception {
        AtomicInteger threads = new AtomicInteger();
        forwarder = new Forwarder(SETTINGS, database::connectHooked, publishing(), gateway.clock, work -> {
            if (threads.getAndDecrement() <= 0) {
                throw new RejectedExecutionException("as the test asked");
            }
            work.run();
        });
        publish("orders", "1");
        assertThat(rows()).hasSize(1);
        assertThat(forwarder.state().failures()).isEqualTo(1);
        threads.set(1);
        again(Duration.ofSeconds(1));
        assertThat(published("orders")).containsExactly("1");
        assertThat(forwarder.state().failingFor()).isZero();
    }

    @Test
    void an_error_is_a_failure_and_the_next_wake_goes_on() throws Exception {
        refused = payload -> {
            throw new StackOverflowError("as the test asked");
        };
        assertThatThrownBy(() -> publish("orders", "1")).isInstanceOf(StackOverflowError.class);
        gateway.clock.advance(Duration.ofSeconds(1));
        assertThat(forwarder.state().failingFor()).isPositive();
        refused = payload -> null;
        forwarder.wake();
        assertThat(published("orders")).containsExactly("1");
    }

    @Test
    void no_row_overtakes_one_of_its_channel_that_fails() throws Exception {
        Map<String, Integer> failures = new ConcurrentHashMap<>(Map.of("2", 2, "4", 1));
        refused = payload -> failures.merge(payload, -1, Integer::sum) >= 0 ? Reason.OVERLOADED : null;
        publish("orders", "1", "2", "3", "4", "5");
        assertThat(published("orders")).containsExactly("1");
        for (int i = 0; i < 6; i++) {
            again(Duration.ofMinutes(1));
        }
        assertThat(published("orders")).containsExactly("1", "2", "3", "4", "5");
    }

    /** The large one has to wait for room, the small ones would have some. */
    @Test
    void no_small_row_overtakes_a_large_one_of_a_channel_that_is_nearly_full() throws Exception {
        gateway.rejectAbove(100, 1_000);
        String large = '"' + "x".repeat(900) + '"';
        publish("orders", '"' + "y".repeat(600) + '"', large, "1", "2");
        assertThat(published("orders")).hasSize(1);
        gateway.rejectAbove(100, 10_000);
        again(Duration.ofMinutes(1));
        assertThat(published("orders").subList(1, 4)).containsExactly(large, "1", "2");
    }

    @Test
    void a_full_channel_waits_alone_and_goes_on_when_there_is_room() throws Exception {
        gateway.rejectAbove(2);
        publish("full", "1", "2", "3", "4");
        publish("other", "1");
        assertThat(published("full")).containsExactly("1", "2");
        assertThat(published("other")).containsExactly("1");
        assertThat(rows()).hasSize(2);
        assertThat(forwarder.state().failingFor())
                .as("nothing that all rows meet")
                .isZero();
        gateway.clock.advance(Duration.ofMillis(10));
        forwarder.wake();
        assertThat(forwarder.state().oldestWaiting()).isPositive();

        gateway.rejectAbove(4);
        again(Duration.ofMinutes(1));
        assertThat(published("full")).containsExactly("1", "2", "3", "4");
        assertThat(rows()).isEmpty();
    }

    @Test
    void what_a_full_channel_refuses_again_and_again_is_set_aside() throws Exception {
        gateway.rejectAbove(1);
        publish("full", "1", "2", "3");
        for (int i = 1; i < BlockedChannels.ATTEMPTS; i++) {
            assertThat(forwarder.state().setAside()).as("attempt %d", i).isZero();
            again(Duration.ofMinutes(1));
        }
        assertThat(forwarder.state().setAside()).isEqualTo(2);
        assertThat(database.query("SELECT reason FROM holdfast_outbox WHERE state = 'A'"))
                .hasSize(2)
                .allMatch(reason -> reason.startsWith("STREAM_FULL: "));
        gateway.rejectAbove(10);
        publish("full", "4");
        assertThat(published("full")).containsExactly("1", "4");
    }

    @Test
    void a_channel_that_was_full_long_ago_is_tried_for_as_long_again() throws Exception {
        gateway.rejectAbove(1);
        publish("full", "1", "2");
        for (int i = 1; i < BlockedChannels.ATTEMPTS; i++) {
            again(Duration.ofMinutes(1));
        }
        assertThat(forwarder.state().setAside()).isEqualTo(1);
        again(Duration.ofMinutes(11));
        publish("full", "3");
        again(Duration.ofMinutes(1));
        assertThat(forwarder.state().setAside()).isEqualTo(1);
    }

    @Test
    void a_row_too_large_for_its_channel_is_set_aside_while_others_come() throws Exception {
        gateway.retain(100, 500);
        publish("orders", '"' + "x".repeat(600) + '"', "1");
        for (int i = 2; i <= BlockedChannels.ATTEMPTS; i++) {
            publish("orders", String.valueOf(i));
            again(Duration.ofMinutes(1));
        }
        assertThat(forwarder.state().setAside()).isEqualTo(1);
        assertThat(published("orders")).endsWith("5", "6");
        assertThat(rows()).hasSize(1);
    }

    @Test
    void what_is_refused_for_good_is_set_aside_and_can_be_given_again() throws Exception {
        refused = payload -> payload.equals("2") ? Reason.INVALID : null;
        publish("orders", "1", "2", "3");
        assertThat(published("orders")).containsExactly("1", "3");
        assertThat(database.query("SELECT reason FROM holdfast_outbox WHERE state = 'A'"))
                .containsExactly("INVALID: refused by the test");
        assertThat(forwarder.state().aside()).isEqualTo(1);

        refused = payload -> null;
        database.execute("UPDATE holdfast_outbox SET state = 'W' WHERE state = 'A'");
        again(Duration.ofMinutes(1));
        assertThat(published("orders")).containsExactly("1", "3", "2");
        assertThat(forwarder.state().aside()).isZero();
    }

    @Test
    void one_node_forwards_at_a_time_and_a_crash_frees_its_turn() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection holder = database.connect()) {
            holder.setAutoCommit(false);
            OutboxTable.takeTurn(holder);
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> waits = other.submit(() -> {
                begun.countDown();
                publish("orders", "1");
                return null;
            });
            begun.await();
            TimeUnit.MILLISECONDS.sleep(200); // longer than a round takes
            assertThat(given).isEmpty();
            holder.rollback();
            waits.get(30, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }
        again(Duration.ofSeconds(1));
        assertThat(published("orders")).containsExactly("1");
    }

    @Test
    void a_node_sees_what_the_one_before_it_has_removed() throws Exception {
        database.isolation = Connection.TRANSACTION_REPEATABLE_READ;
        refused = payload -> Reason.OVERLOADED;
        publish("orders", "1");
        refused = payload -> null;
        forwarder = newForwarder();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Connection before = database.connect()) {
            before.setAutoCommit(false);
            OutboxTable.takeTurn(before);
            Future<?> waits = other.submit(forwarder::wake);
            TimeUnit.MILLISECONDS.sleep(200); // longer than it takes to come to the turn
            try (Statement delete = before.createStatement()) {
                delete.execute("DELETE FROM holdfast_outbox");
            }
            before.commit();
            waits.get(30, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }
        assertThat(given).isEmpty();
        assertThat(forwarder.state().failures()).isZero();
    }

    @Test
    void rows_that_only_the_second_reading_meets_hold_up_their_channel() {
        List<Row> first = List.of(row(1, "a"), row(4, "a"), row(5, "b"), row(7, "c"));
        List<Row> second =
                List.of(row(1, "a"), row(3, "a"), row(4, "a"), row(5, "b"), row(6, "c"), row(7, "c"), row(8, "b"));
        assertThat(OutboxTable.complete(first, second)).extracting(Row::number).containsExactly(1L, 5L);
    }

    private static Row row(long number, String channel) {
        byte[] payload = {'1'};
        return new Row(
                number, new LaterMessage(channel, "m" + number, payload, Map.of(), 0, Duration.ZERO, Duration.ZERO));
    }

    @Test
    void a_data_source_that_takes_no_part_in_the_transaction_is_noticed() throws Exception {
        ApplicationDatabase.Transaction transaction = database.begin();
        Deque<Outside> failing = new ArrayDeque<>(List.of(Outside.UNKNOWN));
        TransactionalSender committing = sender(
                SETTINGS,
                database::connect,
                transaction,
                message -> failing.isEmpty() ? forwarder.look(message) : failing.remove());
        committing.publish("orders", "0");
        database.execute("DELETE FROM holdfast_outbox");
        assertThatThrownBy(() -> committing.publish("orders", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not take part in the transaction");
        assertThat(rows()).as("it is taken back").isEmpty();

        TransactionalSender taking = sender(SETTINGS, transaction::connect, transaction, forwarder::look);
        taking.publish("orders", "2");
        transaction.commit();
        assertThat(published("orders")).containsExactly("2");
    }

    @Test
    void without_its_table_or_a_transaction_a_call_fails_at_once() throws Exception {
        ApplicationDatabase.Transaction transaction = database.begin();
        transaction.state = CurrentTransaction.State.NONE;
        assertThatThrownBy(() -> sender(transaction).publish("orders", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("There is no transaction");
        transaction.state = CurrentTransaction.State.CANNOT_COMMIT;
        assertThatThrownBy(() -> sender(transaction).publish("orders", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("marked for rollback");
        transaction.state = CurrentTransaction.State.ACTIVE;
        TransactionalSender unconfigured =
                sender(new TransactionSettings(""), transaction::connect, transaction, message -> Outside.HIDDEN);
        assertThatThrownBy(() -> unconfigured.publish("orders", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(TransactionSettings.KEY);
        assertThatThrownBy(() -> sender(transaction).publish("", "1"))
                .isInstanceOfSatisfying(
                        DeliveryException.class, e -> assertThat(e.field()).isEqualTo("channel"));
        assertThatThrownBy(() -> sender(transaction)
                        .publish("orders", "1", SendOptions.defaults().nonCritical()))
                .isInstanceOf(DeliveryException.class);
        transaction.rollBack();
        assertThat(rows()).isEmpty();

        database.execute("DROP TABLE holdfast_outbox");
        ApplicationDatabase.Transaction without = database.begin();
        assertThatThrownBy(() -> sender(without).publish("orders", "1"))
                .isInstanceOfSatisfying(DeliveryException.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
                    assertThat(e).hasMessageContaining("create the tables").hasCauseInstanceOf(SQLException.class);
                });
        without.rollBack();
        forwarder.wake();
        gateway.clock.advance(Duration.ofSeconds(1));
        assertThat(forwarder.state().failingFor()).isPositive();
        assertThat(forwarder.state().failures()).isEqualTo(1);
    }
}
