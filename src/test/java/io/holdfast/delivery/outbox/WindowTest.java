package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerSettings;
import io.holdfast.delivery.PoisonSettings;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static final long LATER = TimeUnit.HOURS.toNanos(1);

    private final Window window = new Window();
    private final PoisonSuspect suspect = new PoisonSuspect(PoisonSettings.defaults());
    private final RecipientBreaker breaker = new RecipientBreaker(BreakerSettings.defaults(), () -> 0);

    private void halfOpen() {
        for (int i = 0; i < BreakerSettings.defaults().failures(); i++) {
            breaker.failed(0);
        }
        breaker.connected(0);
    }

    private void fail() {
        suspect.raise(1, 0);
        suspect.judge(0);
    }

    private void adjust() {
        window.adjust(suspect, breaker, LATER);
    }

    private void hand(long upTo) {
        for (long offset = window.lastHanded() + 1; offset <= upTo; offset++) {
            window.handed(offset);
        }
    }

    @Test
    void without_a_limit_any_number_may_be_handed() {
        adjust();
        hand(1_000);
        assertThat(window.limited()).isFalse();
        assertThat(window.allowance()).isEqualTo(Window.UNLIMITED);
    }

    @Test
    void what_is_handed_counts_until_all_of_it_is_confirmed() {
        halfOpen();
        adjust();
        assertThat(window.allowance()).isEqualTo(3);
        hand(2);
        assertThat(window.allowance()).isEqualTo(1);
        window.confirmed(1);
        assertThat(window.settle()).isFalse();
        assertThat(window.allowance()).isEqualTo(1);
        window.confirmed(2);
        assertThat(window.settle()).isTrue();
        assertThat(window.allowance()).isEqualTo(3);
    }

    @Test
    void the_lower_limit_of_suspect_and_breaker_holds() {
        halfOpen();
        fail();
        adjust();
        assertThat(window.allowance()).isEqualTo(1);
        window.ignoreSuspect();
        adjust();
        assertThat(window.allowance()).isEqualTo(3);
    }

    @Test
    void a_confirmation_need_not_reach_what_was_left_unwritten() {
        halfOpen();
        adjust();
        hand(2);
        window.confirmed(1);
        window.unwritten(1);
        assertThat(window.settle()).isTrue();
        assertThat(window.allowance()).isEqualTo(3);
    }

    @Test
    void more_under_way_than_a_new_limit_allows_leaves_no_room() {
        adjust();
        hand(10);
        fail();
        adjust();
        assertThat(window.allowance()).isZero();
    }
}
