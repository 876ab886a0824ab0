package io.holdfast.delivery.push;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.commit.PlainFormat;
import io.holdfast.delivery.push.SendBuffer.Added;
import io.holdfast.delivery.push.SendBuffer.CheckResult;
import io.holdfast.delivery.push.SendBuffer.Frame;
import io.holdfast.delivery.watch.Latency;
import io.holdfast.stream.Publication;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SendBufferTest {
    private static final DeliverySettings SETTINGS = DeliverySettings.defaults();
    private final MovedClock clock = new MovedClock();
    private final SendBuffer buffer = new SendBuffer(SETTINGS, PlainFormat.INSTANCE, clock.nanos(), new Latency());
    private final FrameBuilder builder = new FrameBuilder(SETTINGS.frameBytes());
    private long offset;

    private static Outgoing reply(int bytes) {
        return Outgoing.reply("r".repeat(bytes).getBytes(UTF_8));
    }

    private static Outgoing reply(String text) {
        return Outgoing.reply(text.getBytes(UTF_8));
    }

    private Outgoing push(long expiresAtMillis) {
        return Outgoing.push(
                PlainFormat.INSTANCE,
                "#u1",
                new Publication(++offset, "m", new byte[] {'x'}, Map.of(), 0, expiresAtMillis),
                true);
    }

    private Outgoing push() {
        return push(Publication.NEVER);
    }

    private Frame next() {
        return buffer.next(builder, clock.millis(), clock.nanos(), true);
    }

    private static String text(Frame frame) {
        return new String(frame.bytes(), 0, frame.length(), UTF_8);
    }

    /** Writes all that waits. @return it */
    private String write() {
        StringBuilder all = new StringBuilder();
        for (Frame frame = next(); frame != null; frame = next()) {
            all.append(all.isEmpty() ? "" : "|").append(text(frame));
            if (!buffer.written()) {
                break;
            }
        }
        return all.toString();
    }

    private void connected() {
        buffer.add(Outgoing.connectReply("connected".getBytes(UTF_8)));
        assertThat(write()).isEqualTo("connected");
    }

    /** As the ticker does; while it is quiet, a look would find nothing. */
    private CheckResult check() {
        boolean quiet = buffer.quiet(clock.nanos());
        CheckResult found = buffer.check(clock.nanos());
        assertThat(!quiet || found == CheckResult.NOTHING)
                .as("quiet while %s is due", found)
                .isTrue();
        return found;
    }

    @Test
    void one_frame_takes_everything_that_waits_in_order() {
        assertThat(buffer.add(reply("a"))).isEqualTo(Added.BECAME_BUSY);
        assertThat(buffer.add(reply("b"))).isEqualTo(Added.QUEUED);

        assertThat(text(next())).isEqualTo("a\nb");
        assertThat(buffer.written()).isFalse();
        assertThat(buffer.add(reply("c"))).isEqualTo(Added.BECAME_BUSY);
    }

    @Test
    void it_stays_busy_while_something_came_during_the_write() {
        buffer.add(reply("a"));
        next();
        assertThat(buffer.add(reply("b"))).isEqualTo(Added.QUEUED);
        assertThat(buffer.written()).isTrue();
        assertThat(text(next())).isEqualTo("b");
    }

    @Test
    void a_frame_with_its_ping_is_never_longer_than_the_limit() {
        connected();
        for (int i = 0; i < 400; i++) {
            buffer.add(reply(180));
        }
        Frame frame = next();

        assertThat(text(frame)).endsWith("\nping");
        assertThat(frame.length()).isLessThanOrEqualTo(SETTINGS.frameBytes()).isGreaterThan(32_000);
    }

    @Test
    void a_ping_that_would_make_a_frame_too_long_makes_its_last_piece_wait() {
        connected();
        buffer.add(reply(16_000));
        buffer.add(reply(16_766));

        assertThat(text(next())).isEqualTo("r".repeat(16_000));
    }

    @Test
    void a_piece_larger_than_a_frame_goes_alone() {
        connected();
        buffer.add(reply("small"));
        buffer.add(reply(50_000));
        buffer.add(reply("next"));

        assertThat(text(next())).isEqualTo("small");
        buffer.written();
        Frame large = next();
        assertThat(text(large)).isEqualTo("r".repeat(50_000) + "\nping");
        assertThat(large.blocking()).as("more than the credit").isFalse();
        buffer.written();
        assertThat(text(next())).isEqualTo("next");
    }

    @Test
    void writes_block_within_the_credit_only_and_an_answered_ping_restores_it() {
        connected();
        buffer.add(reply(15_000));
        Frame first = next();
        assertThat(first.blocking()).isTrue();
        assertThat(text(first)).as("less than 16 KiB unconfirmed").doesNotContain("ping");
        buffer.written();
        buffer.add(reply(10_000));
        Frame second = next();
        assertThat(second.blocking()).isTrue();
        assertThat(text(second)).as("more than 16 KiB unconfirmed").endsWith("\nping");
        buffer.written();
        buffer.add(reply(10_000));
        Frame third = next();
        assertThat(third.blocking()).as("35,000 unconfirmed").isFalse();
        assertThat(text(third)).as("at most one is unanswered").doesNotContain("ping");
        assertThat(next()).as("one write at a time").isNull();
        buffer.written();

        assertThat(buffer.pong()).isNotNull();
        buffer.add(reply(10_000));
        assertThat(next().blocking())
                .as("only what followed the ping is unconfirmed")
                .isTrue();
    }

    @Test
    void nothing_blocks_where_the_credit_was_taken_away() {
        buffer.add(reply("a"));

        assertThat(buffer.next(builder, clock.millis(), clock.nanos(), false).blocking())
                .isFalse();
    }

    @Test
    void no_ping_rides_in_the_frame_of_the_connect_reply_nor_before_it() {
        buffer.confirmByPong();
        clock.advance(Duration.ofSeconds(30));
        assertThat(check()).isEqualTo(CheckResult.NOTHING);
        buffer.add(reply(20_000));
        assertThat(write()).doesNotContain("ping");
        buffer.add(Outgoing.connectReply("connected".getBytes(UTF_8)));
        buffer.add(push());

        assertThat(write()).isEqualTo("connected\n#u1 1 x");
        assertThat(check()).isEqualTo(CheckResult.WAKE);
        assertThat(write()).isEqualTo("ping");
    }

    @Test
    void a_ping_follows_a_delivery_at_most_once_a_second() {
        buffer.confirmByPong();
        connected();
        clock.advance(Duration.ofSeconds(1));
        buffer.add(push());
        assertThat(write()).isEqualTo("#u1 1 x\nping");
        assertThat(buffer.pong()).isEqualTo(new SendBuffer.Confirmed(1));
        buffer.add(push());
        assertThat(write()).isEqualTo("#u1 2 x");
        assertThat(check()).isEqualTo(CheckResult.NOTHING);
        clock.advance(Duration.ofMillis(999));
        assertThat(check()).isEqualTo(CheckResult.NOTHING);
        clock.advance(Duration.ofMillis(1));

        assertThat(check()).isEqualTo(CheckResult.WAKE);
        assertThat(write()).isEqualTo("ping");
        assertThat(buffer.pong()).isEqualTo(new SendBuffer.Confirmed(2));
        clock.advance(Duration.ofSeconds(2));
        assertThat(check()).as("all is confirmed").isEqualTo(CheckResult.NOTHING);
    }

    @Test
    void a_pong_confirms_what_was_written_before_its_ping_and_no_more() {
        buffer.confirmByPong();
        connected();
        clock.advance(Duration.ofSeconds(1));
        buffer.add(push());
        assertThat(write()).endsWith("ping");
        buffer.add(push());
        assertThat(write()).isEqualTo("#u1 2 x");

        assertThat(buffer.pong()).isEqualTo(new SendBuffer.Confirmed(1));
        assertThat(buffer.pong()).as("nothing is unanswered").isNull();
    }

    @Test
    void with_explicit_acks_a_pong_confirms_nothing_and_deliveries_ask_for_none() {
        connected();
        clock.advance(Duration.ofSeconds(2));
        buffer.add(push());
        assertThat(write()).isEqualTo("#u1 1 x");
        assertThat(check()).isEqualTo(CheckResult.NOTHING);
        clock.advance(SETTINGS.pingInterval());
        assertThat(check()).isEqualTo(CheckResult.WAKE);
        assertThat(write()).isEqualTo("ping");

        assertThat(buffer.pong()).isEqualTo(new SendBuffer.Confirmed(0));
    }

    @Test
    void what_goes_alone_is_followed_by_a_ping_also_if_it_went_with_the_connect_reply() {
        buffer.confirmAtOnce(true);
        buffer.add(Outgoing.connectReply("connected".getBytes(UTF_8)));
        buffer.add(push());
        assertThat(write()).isEqualTo("connected\n#u1 1 x|ping");
        buffer.pong();
        buffer.add(push());
        assertThat(write()).isEqualTo("#u1 2 x\nping");
    }

    @Test
    void what_went_alone_while_a_ping_was_unanswered_is_followed_by_one_later() {
        connected();
        buffer.confirmAtOnce(true);
        clock.advance(SETTINGS.pingInterval());
        check();
        assertThat(write()).isEqualTo("ping");
        buffer.add(push());
        assertThat(write()).isEqualTo("#u1 1 x");
        buffer.pong();
        clock.advance(Duration.ofSeconds(1));

        assertThat(check()).isEqualTo(CheckResult.WAKE);
        assertThat(write()).isEqualTo("ping");
    }

    @Test
    void what_expired_while_it_waited_is_not_written() {
        connected();
        buffer.add(push(clock.millis() + 1_000));
        buffer.add(push());
        buffer.add(push(clock.millis() + 1_000));
        clock.advance(Duration.ofSeconds(1));
        Frame frame = next();

        assertThat(text(frame)).isEqualTo("#u1 2 x");
        assertThat(frame.pushes()).isEqualTo(1);
        assertThat(frame.expired()).extracting(Outgoing::outboxOffset).containsExactly(1L, 3L);
        assertThat(buffer.waitingBytes()).isZero();
    }

    @Test
    void a_buffer_whose_pieces_all_expired_is_not_busy_any_more() {
        connected();
        buffer.add(push(clock.millis()));
        Frame frame = next();

        assertThat(frame.length()).isZero();
        assertThat(frame.expired()).extracting(Outgoing::outboxOffset).containsExactly(1L);
        assertThat(buffer.add(reply("a"))).isEqualTo(Added.BECAME_BUSY);
    }

    @Test
    void overflow_kills_it() {
        buffer.add(reply(SETTINGS.sendBufferBytes()));
        assertThat(buffer.add(reply(1))).isEqualTo(Added.OVERFLOW);
        assertThat(buffer.waitingBytes()).isZero();
        assertThat(next()).isNull();
        assertThat(buffer.add(reply(1))).isEqualTo(Added.DEAD);
        assertThat(check()).isEqualTo(CheckResult.NOTHING);
        assertThat(buffer.wantsMore()).isFalse();
        assertThat(buffer.written()).isFalse();
    }

    @Test
    void what_may_be_dropped_is_dropped_over_half_full_and_kills_nobody() {
        buffer.add(reply(SETTINGS.sendBufferBytes() / 2 - 10));
        assertThat(buffer.addIfHalfEmpty(reply(10))).isEqualTo(Added.QUEUED);
        assertThat(buffer.addIfHalfEmpty(reply(1))).isEqualTo(Added.DEAD);
        assertThat(buffer.add(reply(1))).as("it lives").isEqualTo(Added.QUEUED);
    }

    @Test
    void readers_fetch_while_less_than_a_frame_waits() {
        buffer.add(reply(SETTINGS.frameBytes() - 1));
        assertThat(buffer.wantsMore()).isTrue();
        buffer.add(reply(1));
        assertThat(buffer.wantsMore()).isFalse();
    }

    @Test
    void an_unanswered_ping_and_a_write_that_does_not_end_are_noticed() {
        connected();
        clock.advance(SETTINGS.pingInterval());
        check();
        write();
        clock.advance(SETTINGS.pongTimeout());
        assertThat(check()).isNotEqualTo(CheckResult.NO_PONG);
        clock.advance(Duration.ofMillis(1));
        assertThat(check()).isEqualTo(CheckResult.NO_PONG);
        buffer.pong();
        assertThat(check()).isNotEqualTo(CheckResult.NO_PONG);

        buffer.add(reply(40_000));
        assertThat(next().blocking()).isFalse();
        clock.advance(SETTINGS.sendTimeout().plusSeconds(1));
        assertThat(check()).isNotEqualTo(CheckResult.SLOW);
        clock.advance(Duration.ofMillis(1));
        assertThat(check()).isEqualTo(CheckResult.SLOW);
        buffer.written();
        assertThat(check()).isNotEqualTo(CheckResult.SLOW);
    }

    @Test
    void kept_within_its_credit_it_writes_no_more_until_a_pong_comes() {
        buffer.keepWithinCredit();
        buffer.add(Outgoing.connectReply("connected".getBytes(UTF_8)));
        write();
        int written = 0;
        for (int i = 0; i < 100; i++) {
            Added added = buffer.add(reply(4_000));
            if (added == Added.BECAME_BUSY) {
                written += write().length();
            } else {
                assertThat(added).as("nobody is woken in vain").isEqualTo(Added.QUEUED);
            }
        }
        assertThat(written).isBetween(SETTINGS.pingAfterBytes(), SETTINGS.creditBytes());
        assertThat(next()).isNull();
        assertThat(buffer.goOn()).as("without a pong").isFalse();
        assertThat(buffer.waitingBytes()).isEqualTo(400_000 - 4_000L * (written / 4_000));

        int rounds = 0;
        while (buffer.pong() != null) {
            if (!buffer.goOn()) {
                break;
            }
            assertThat(buffer.goOn()).as("once").isFalse();
            assertThat(write().length()).isBetween(1, SETTINGS.creditBytes() + SETTINGS.frameBytes());
            rounds++;
        }
        assertThat(rounds).isGreaterThan(5);
        assertThat(buffer.drained()).isTrue();
        assertThat(buffer.add(reply("more"))).isEqualTo(Added.BECAME_BUSY);
    }

    @Test
    void held_back_it_is_still_closed_for_want_of_a_pong() {
        buffer.keepWithinCredit();
        buffer.add(Outgoing.connectReply("connected".getBytes(UTF_8)));
        write();
        buffer.add(reply(20_000));
        write();
        buffer.add(reply(20_000));
        assertThat(next()).isNull();
        clock.advance(SETTINGS.pongTimeout().plusMillis(1));
        assertThat(buffer.check(clock.nanos())).isEqualTo(CheckResult.NO_PONG);
    }
}
