package io.holdfast.handlers.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.faulttolerance.Bulkhead;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.junit.jupiter.api.Test;

/** What the container makes of the calls. */
class GuardedBackendsTest {
    @Test
    void only_what_has_no_effect_before_the_reply_is_repeated() {
        assertThat(GuardedBackends.class.isAnnotationPresent(Retry.class))
                .as("a setting for every retry would reach all methods")
                .isFalse();
        Set<String> repeated = new TreeSet<>();
        for (Method method : GuardedBackends.class.getDeclaredMethods()) {
            Retry own = method.getAnnotation(Retry.class);
            if (own != null) {
                assertThat(own.maxRetries()).isEqualTo(2);
                assertThat(own.retryOn()).containsExactly(BackendUnavailableException.class);
                repeated.add(method.getName());
            }
        }
        assertThat(repeated).containsExactly("connect", "refresh", "subRefresh", "subscribe");
    }

    @Test
    void bad_replies_do_not_move_the_breaker_and_every_event_is_bounded() {
        CircuitBreaker breaker = GuardedBackends.class.getAnnotation(CircuitBreaker.class);
        assertThat(breaker.failOn()).containsExactly(BackendUnavailableException.class);
        assertThat(List.of(BadReplyException.class, BackendBusyException.class))
                .noneMatch(BackendUnavailableException.class::isAssignableFrom);
        assertThat(GuardedBackends.class.getAnnotation(Bulkhead.class).value()).isEqualTo(64);
    }
}
