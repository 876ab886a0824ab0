package io.holdfast.http.fallback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpstreamTest {
    private final List<String> heard = new ArrayList<>();

    @Test
    void a_frame_that_comes_while_another_is_processed_waits_and_keeps_its_order() throws Exception {
        CountDownLatch inFirst = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Upstream upstream = upstream(frame -> {
            if (frame.equals("0")) {
                inFirst.countDown();
                pass(mayGoOn);
            }
            heard.add(frame);
        });
        Thread worker = new Thread(() -> receive(upstream, "0"));
        worker.start();
        pass(inFirst);
        for (int i = 1; i <= 100; i++) {
            assertThat(receive(upstream, String.valueOf(i))).isTrue(); // and does not wait
        }
        assertThat(heard).isEmpty();
        mayGoOn.countDown();
        worker.join(10_000);
        assertThat(heard)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, 100).mapToObj(String::valueOf).toList());
        receive(upstream, "after");
        assertThat(heard).endsWith("after");
    }

    @Test
    void frames_of_many_threads_come_one_at_a_time_and_none_is_lost() throws Exception {
        int[] inside = new int[1];
        int[] most = new int[1];
        Upstream upstream = upstream(frame -> {
            inside[0]++;
            most[0] = Math.max(most[0], inside[0]);
            heard.add(frame);
            Thread.onSpinWait();
            inside[0]--;
        });
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(t -> new Thread(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        receive(upstream, t + ":" + i);
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(20_000);
        }
        assertThat(most[0]).isEqualTo(1);
        for (int t = 0; t < 4; t++) {
            String prefix = t + ":";
            assertThat(heard.stream().filter(frame -> frame.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 10_000).mapToObj(i -> prefix + i).toList());
        }
    }

    @Test
    void what_waits_is_bounded_and_what_is_not_taken_is_said() throws Exception {
        CountDownLatch inFirst = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Upstream upstream = upstream(frame -> {
            inFirst.countDown();
            pass(mayGoOn);
            heard.add(frame);
        });
        Thread worker = new Thread(() -> receive(upstream, "first"));
        worker.start();
        pass(inFirst);
        String big = "x".repeat(1 << 16);
        for (int i = 0; i < 16; i++) {
            assertThat(receive(upstream, big)).isTrue();
        }
        assertThat(receive(upstream, "y")).isFalse();
        mayGoOn.countDown();
        worker.join(10_000);
        assertThat(heard).hasSize(17);
        assertThat(receive(upstream, "z")).isTrue();
    }

    @Test
    void a_frame_that_fails_does_not_delay_later_frames() {
        Upstream upstream = upstream(frame -> {
            if (frame.equals("bad")) {
                throw new IllegalStateException(frame);
            }
            heard.add(frame);
        });
        assertThatThrownBy(() -> receive(upstream, "bad")).hasMessage("bad");
        assertThat(receive(upstream, "good")).isTrue();
        assertThat(heard).containsExactly("good");
    }

    /** What comes is text, as it was sent. */
    private static Upstream upstream(Consumer<String> conversation) {
        return new Upstream("c", frame -> conversation.accept(new String(frame, UTF_8)));
    }

    private static boolean receive(Upstream upstream, String frame) {
        return upstream.receive(frame.getBytes(UTF_8));
    }

    private static void pass(CountDownLatch gate) {
        try {
            assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
