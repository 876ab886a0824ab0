package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GatewaySnapshotsTest {
    private long nanos = -500_000_000L; // may be negative
    private int looks;

    private final GatewaySnapshots observations = new GatewaySnapshots(
            () -> {
                looks++;
                return new Seen().observed();
            },
            () -> nanos);

    @Test
    void delivery_is_looked_at_once_a_second_however_many_ask() {
        GatewaySnapshot first = observations.latest();
        nanos += TimeUnit.MILLISECONDS.toNanos(999);
        assertThat(observations.latest()).isSameAs(first);
        nanos += TimeUnit.MILLISECONDS.toNanos(1);
        assertThat(observations.latest()).isNotSameAs(first);
        assertThat(looks).isEqualTo(2);
    }
}
