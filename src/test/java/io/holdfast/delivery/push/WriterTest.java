package io.holdfast.delivery.push;

import static io.holdfast.delivery.commit.Gateway.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.commit.PlainFormat;
import io.holdfast.delivery.commit.Workbench;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriterTest {
    private final Workbench bench = new Workbench();
    private final CountDownLatch hang = new CountDownLatch(1);

    @BeforeEach
    void start() {
        bench.writer.start();
    }

    @AfterEach
    void stop() {
        hang.countDown();
        bench.writer.stop();
    }

    private class Peer implements Connection {
        final OpenConnection connection;
        final List<String> frames = new ArrayList<>();
        final List<Consumer<Throwable>> late = new ArrayList<>();
        volatile boolean hanging;
        volatile boolean hangs;
        final boolean mayBlock;
        final boolean mayExceedCredit;
        volatile Ending ending;

        Peer() {
            this(true, true);
        }

        Peer(boolean mayBlock, boolean mayExceedCredit) {
            this.mayBlock = mayBlock;
            this.mayExceedCredit = mayExceedCredit;
            connection = bench.connections.register("c", this, PlainFormat.INSTANCE, "");
        }

        @Override
        public boolean mayBlock() {
            return mayBlock;
        }

        @Override
        public boolean mayExceedCredit() {
            return mayExceedCredit;
        }

        @Override
        public void send(byte[] frame, int length) throws IOException {
            if (hangs) {
                hanging = true;
                try {
                    hang.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            note(frame, length);
        }

        @Override
        public void sendAsync(byte[] frame, int length, Consumer<Throwable> done) throws IOException {
            note(frame, length);
            synchronized (this) {
                late.add(done);
            }
        }

        private synchronized void note(byte[] frame, int length) {
            frames.add(new String(frame, 0, length, UTF_8));
        }

        synchronized List<String> frames() {
            return List.copyOf(frames);
        }

        synchronized List<Consumer<Throwable>> late() {
            return List.copyOf(late);
        }

        @Override
        public void close(Ending why) {
            ending = why;
        }

        void reply(String text) {
            connection.reply(text.getBytes(UTF_8));
        }
    }

    @Test
    void it_writes_what_is_queued() {
        Peer peer = new Peer();
        peer.reply("a");
        until(() -> peer.frames().equals(List.of("a")));
        peer.reply("b");
        until(() -> peer.frames().equals(List.of("a", "b")));
    }

    @Test
    void a_write_that_hangs_gets_a_new_thread_and_takes_the_credit_of_all() {
        Peer hanging = new Peer();
        hanging.hangs = true;
        hanging.reply("x");
        until(() -> hanging.hanging);
        Peer other = new Peer();
        other.reply("a");
        bench.writer.watch();
        assertThat(bench.counters.writerReplacements.sum()).as("not yet late").isZero();
        bench.clock.advance(bench.settings.sendTimeout().plusMillis(1));
        bench.writer.watch();

        until(() -> other.frames().equals(List.of("a")));
        assertThat(bench.counters.writerReplacements.sum()).isEqualTo(1);
        assertThat(other.late()).as("not written blocking").hasSize(1);
        assertThat(hanging.ending).isEqualTo(Ending.SLOW);
        assertThat(bench.counters.writerReplacements.sum()).isEqualTo(1);

        bench.writer.watch();
        assertThat(bench.counters.writerReplacements.sum()).isEqualTo(1);
    }

    @Test
    void connections_woken_during_a_hanging_write_are_written_once_in_order_later() {
        Peer hanging = new Peer();
        hanging.hangs = true;
        hanging.reply("x");
        until(() -> hanging.hanging);
        List<Peer> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            others.add(new Peer());
            others.get(i).reply("a");
        }
        bench.clock.advance(bench.settings.sendTimeout().plusMillis(1));
        bench.writer.watch();
        hang.countDown();

        for (Peer peer : others) {
            until(() -> peer.late().size() == 1);
            peer.reply("b");
            peer.late().get(0).accept(null);
            until(() -> peer.frames().equals(List.of("a", "b")));
        }
    }

    @Test
    void a_failed_asynchronous_write_closes_as_slow() {
        Peer peer = new Peer();
        peer.reply("x".repeat(40_000));
        until(() -> peer.late().size() == 1);
        peer.late().get(0).accept(new IOException("told to fail"));

        until(() -> Ending.SLOW.equals(peer.ending));
    }

    @Test
    void while_an_asynchronous_write_is_under_way_nothing_else_is_written() {
        Peer peer = new Peer();
        peer.reply("x".repeat(40_000));
        until(() -> peer.late().size() == 1);
        peer.reply("behind");
        Peer other = new Peer();
        other.reply("a");
        until(() -> other.frames().size() == 1);
        assertThat(peer.frames()).hasSize(1);
        peer.late().get(0).accept(null);

        until(() -> peer.frames().size() == 2 && peer.frames().get(1).equals("behind"));
    }

    @Test
    void a_connection_that_throws_ends_alone() {
        Peer broken = new Peer() {
            @Override
            public void send(byte[] frame, int length) throws IOException {
                throw new IOException("told to fail");
            }
        };
        Peer mad = new Peer() {
            @Override
            public void send(byte[] frame, int length) {
                throw new IllegalArgumentException("told to fail");
            }
        };
        Peer fine = new Peer();
        broken.reply("a");
        mad.reply("a");
        fine.reply("a");

        until(() -> fine.frames().size() == 1);
        until(() -> Ending.WRITE_ERROR.equals(broken.ending));
        until(() -> Ending.INTERNAL_ERROR.equals(mad.ending));
    }

    @Test
    void a_late_write_is_noticed_by_the_clock() {
        Peer peer = new Peer();
        peer.reply("x".repeat(40_000));
        until(() -> peer.late().size() == 1);
        bench.clock.advance(bench.settings.sendTimeout().plus(Duration.ofMillis(1_001)));
        peer.connection.tick(bench.clock.nanos());

        assertThat(peer.ending).isEqualTo(Ending.SLOW);
    }

    @Test
    void a_transport_that_may_not_block_is_written_asynchronously_at_once() {
        Peer peer = new Peer(false, true);
        peer.reply("a");
        until(() -> peer.late().size() == 1);
        peer.reply("b");
        peer.late().get(0).accept(null);
        until(() -> peer.late().size() == 2);
        assertThat(peer.frames()).containsExactly("a", "b");
    }

    @Test
    void what_exceeds_the_credit_waits_for_the_pong_where_the_transport_wants_it() {
        Peer peer = new Peer(true, false);
        peer.connection.replyConnected("connected".getBytes(UTF_8));
        until(() -> peer.frames().size() == 1);
        peer.reply("x".repeat(20_000));
        until(() -> peer.frames().size() == 2);
        peer.reply("y");
        Peer other = new Peer();
        other.reply("a");
        until(() -> other.frames().size() == 1);
        assertThat(peer.frames()).hasSize(2);

        assertThat(peer.connection.pong()).isTrue();
        until(() -> peer.frames().size() == 3);
        assertThat(peer.frames().get(2)).isEqualTo("y");
    }
}
