package io.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class LimitedBodyTest {
    private static final int MAX = 1 << 20;

    /** What is asked of the connection. */
    private static final class Connection implements Flow.Subscription {
        private long wanted;
        private boolean cut;

        @Override
        public void request(long parts) {
            wanted += parts;
        }

        @Override
        public void cancel() {
            cut = true;
        }
    }

    private final Connection connection = new Connection();

    private static List<ByteBuffer> part(int bytes) {
        return List.of(ByteBuffer.allocate(bytes / 2), ByteBuffer.allocate(bytes - bytes / 2));
    }

    private static CompletableFuture<byte[]> body(LimitedBody reading) {
        return reading.getBody().toCompletableFuture();
    }

    @Test
    void what_fits_is_read_part_by_part() {
        LimitedBody reading = new LimitedBody(MAX, 0);
        reading.onSubscribe(connection);
        reading.onNext(List.of(ByteBuffer.wrap("ab".getBytes(StandardCharsets.UTF_8))));
        reading.onNext(part(MAX - 2));
        reading.onComplete();
        assertThat(body(reading).join()).hasSize(MAX).startsWith('a', 'b');
        assertThat(connection.wanted).isEqualTo(3);
        assertThat(connection.cut).isFalse();
    }

    @Test
    void one_byte_above_the_limit_ends_the_connection_without_an_announced_length() {
        LimitedBody reading = new LimitedBody(MAX, 0);
        reading.onSubscribe(connection);
        reading.onNext(part(MAX));
        reading.onNext(part(1));
        assertThat(connection.cut).isTrue();
        assertThat(body(reading)).isCompletedExceptionally();
        assertThat(body(reading).handle((bytes, failure) -> failure).join())
                .isInstanceOf(AnswerTooLongException.class)
                .hasMessageContaining("1 MiB");
    }

    @Test
    void what_is_announced_as_too_long_is_not_begun() {
        LimitedBody reading = new LimitedBody(MAX, MAX + 1L);
        reading.onSubscribe(connection);
        assertThat(connection.cut).isTrue();
        assertThat(connection.wanted).isZero();
        assertThat(body(reading)).isCompletedExceptionally();
    }
}
