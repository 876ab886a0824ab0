package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveIdentitiesTest {
    private final List<String> ended = new ArrayList<>();
    private final LiveIdentities live = new LiveIdentities();
    private final Runnable first = () -> ended.add("first");
    private final Runnable second = () -> ended.add("second");

    LiveIdentitiesTest() {
        live.entered("c", Identity.named("u1", null, Identity.NEVER), ending -> ended.add("connection"));
        live.subscribed("c", "news", "token", first);
    }

    private void revoke() {
        live.end(Revocation.ofToken("token", Long.MAX_VALUE));
    }

    @Test
    void a_subscription_that_has_ended_is_forgotten() {
        live.unsubscribed("c", "news", first);
        revoke();
        assertThat(ended).isEmpty();
    }

    @Test
    void the_end_of_an_earlier_subscription_does_not_forget_a_later_one() {
        live.subscribed("c", "news", "token", second);
        live.unsubscribed("c", "news", first);
        revoke();
        assertThat(ended).containsExactly("second");
    }
}
