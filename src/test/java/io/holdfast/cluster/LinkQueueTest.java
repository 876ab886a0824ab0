package io.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** What waits for a link. */
class LinkQueueTest {
    private final Set<String> subscribed = new LinkedHashSet<>();
    private final LongAdder dropped = new LongAdder();
    private final LinkQueue queue = new LinkQueue(100, 1_000, dropped, subscribed);

    private static byte[] frame(int bytes) {
        byte[] frame = new byte[bytes];
        frame[0] = FrameKind.STORED.code();
        return frame;
    }

    private List<FrameKind> kinds() {
        List<FrameKind> kinds = new ArrayList<>();
        for (byte[] next = queue.next(); next != null; next = queue.next()) {
            kinds.add(FrameKind.of(next[0]));
        }
        return kinds;
    }

    private void open() {
        queue.open();
        kinds();
    }

    @Test
    void a_new_link_tells_its_channels_and_then_that_something_was_missed() {
        subscribed.add("a");
        queue.open();
        queue.addOrTell(frame(10));

        assertThat(kinds()).containsExactly(FrameKind.INTERESTS, FrameKind.MISSED, FrameKind.STORED);
    }

    @Test
    void nothing_is_kept_for_a_link_that_is_not_up() {
        queue.addOrTell(frame(10));
        queue.changed("a");
        queue.ping();
        assertThat(kinds()).isEmpty();
        assertThat(dropped.sum()).isZero();

        open();
        queue.addOrTell(frame(10));
        queue.close();
        assertThat(kinds()).isEmpty();
    }

    @Test
    void a_full_queue_drops_and_says_so_once_at_that_place() {
        open();
        for (int i = 0; i < 15; i++) {
            queue.addOrTell(frame(100));
        }
        assertThat(dropped.sum()).isEqualTo(5);
        queue.next();
        queue.addOrTell(frame(100)); // there is room again

        List<FrameKind> kinds = kinds();
        assertThat(kinds).hasSize(11);
        assertThat(kinds.indexOf(FrameKind.MISSED)).isEqualTo(9);
        assertThat(kinds.lastIndexOf(FrameKind.MISSED)).isEqualTo(9);
    }

    @Test
    void the_number_of_frames_is_bounded_too() {
        open();
        for (int i = 0; i < 150; i++) {
            queue.addOrTell(frame(1));
        }

        assertThat(kinds()).hasSize(101).endsWith(FrameKind.STORED, FrameKind.MISSED);
    }

    @Test
    void a_million_bytes_fit_where_they_may_and_no_more() {
        LinkQueue large = new LinkQueue(1_000, 1_000_000, dropped, subscribed);
        large.open();
        for (int i = 0; i < 100; i++) {
            large.addOrTell(frame(20_000));
        }

        assertThat(dropped.sum()).isEqualTo(50);
    }

    @Test
    void what_may_be_lost_is_refused_without_a_word() {
        open();
        for (int i = 0; i < 10; i++) {
            assertThat(queue.add(frame(100))).isTrue();
        }

        assertThat(queue.add(frame(100))).isFalse();
        assertThat(kinds()).doesNotContain(FrameKind.MISSED);
    }

    @Test
    void a_channel_that_changes_often_waits_once_and_is_told_as_it_is() throws MalformedFrameException {
        open();
        for (int i = 0; i < 1_000; i++) {
            subscribed.add("a");
            queue.changed("a");
            subscribed.remove("a");
            queue.changed("a");
        }

        FrameReader told = new FrameReader(queue.next());
        assertThat(Frames.interest(told.entry())).isEqualTo(new Frames.Interest("a", false));
        assertThat(told.hasMore()).isFalse();
        assertThat(queue.next()).isNull();
    }

    @Test
    void pings_overtake_what_waits() {
        open();
        queue.addOrTell(frame(10));
        queue.ping();
        queue.ping();

        assertThat(kinds()).containsExactly(FrameKind.PING, FrameKind.STORED);
    }
}
