package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.Deduplication.Wanted;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Append;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Version;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By id, by a place in the payload, by content: as the channel or the call wants. */
class DeduplicationTest {
    private final Gateway gateway = new Gateway();

    @AfterEach
    void close() {
        gateway.close();
    }

    private Receipt send(String text, SendOptions how) throws Exception {
        return Gateway.get(gateway.manager.send("u1", text, how));
    }

    private Receipt send(String text, Wanted wanted) throws Exception {
        return send(text, SendOptions.defaults().deduplicatedBy(wanted));
    }

    private void channel(String pointer, boolean content) {
        gateway.deduplication = new Deduplication(Duration.ofSeconds(300), pointer, content);
    }

    @Test
    void equal_messages_without_id_are_two_unless_content_counts() throws Exception {
        assertThat(send("a", Wanted.CHANNEL).duplicate()).isFalse();
        assertThat(send("a", Wanted.CHANNEL).duplicate()).isFalse();
        channel(null, true);
        assertThat(send("b", Wanted.CHANNEL).duplicate()).isFalse();
        assertThat(send("b", Wanted.CHANNEL).duplicate()).isTrue();
        assertThat(gateway.manager.stats().messages().deduplicated()).isEqualTo(1);
        assertThat(gateway.manager.stats().messages().idsFromContent()).isEqualTo(2);
    }

    @Test
    void a_call_may_want_content_and_may_not_want_it() throws Exception {
        assertThat(send("a", Wanted.CONTENT).duplicate()).isFalse();
        assertThat(send("a", Wanted.CONTENT).duplicate()).isTrue();
        channel(null, true);
        assertThat(send("b", Wanted.ID).duplicate()).isFalse();
        assertThat(send("b", Wanted.ID).duplicate()).isFalse();
    }

    @Test
    void the_id_is_taken_from_the_payload_and_the_first_wins() throws Exception {
        channel("id:", false);
        assertThat(send("id:7", Wanted.CHANNEL).id()).isEqualTo("7");
        Receipt again = send("id:7", Wanted.CHANNEL);
        assertThat(again.duplicate()).isTrue();
        assertThat(send("no such place", Wanted.CHANNEL).duplicate()).isFalse();
        assertThat(send("id:" + "x".repeat(129), Wanted.CHANNEL).duplicate())
                .as("too long to be an id")
                .isFalse();
        assertThat(gateway.manager.stats().messages().idsFromPayload()).isEqualTo(2);
    }

    @Test
    void an_id_of_the_call_comes_before_all_else() throws Exception {
        channel("id:", true);
        assertThat(send("id:7", SendOptions.defaults().withId("mine")).id()).isEqualTo("mine");
    }

    @Test
    void what_shall_not_be_deduplicated_is_stored_again() throws Exception {
        SendOptions how = SendOptions.defaults().withId("m").deduplicatedBy(Wanted.NONE);
        assertThat(send("a", how).duplicate()).isFalse();
        assertThat(send("a", how).duplicate()).isFalse();
        assertThat(send("a", SendOptions.defaults().withId("m")).duplicate()).isTrue();
    }

    @Test
    void only_for_an_id_that_somebody_chose_an_earlier_message_is_looked_for() throws Exception {
        List<Append> appended = new CopyOnWriteArrayList<>();
        gateway.hooked.afterAppend = appended::addAll;
        send("a", Wanted.CHANNEL);
        send("b", SendOptions.defaults().withId("m"));
        channel("id:", true);
        send("id:7", Wanted.CHANNEL);
        send("c", Wanted.CHANNEL);
        send("d", Wanted.ID);
        long from = gateway.clock.millis() - 300_000;
        assertThat(appended)
                .extracting(Append::deduplicateFromMillis)
                .containsExactly(Append.NO_EARLIER, from, from, from, Append.NO_EARLIER);
    }

    @Test
    void a_version_that_is_not_newer_is_a_duplicate_at_the_newest_position() throws Exception {
        assertThat(send("a", version(2)).duplicate()).isFalse();
        Receipt newest = send("b", SendOptions.defaults());
        Receipt outdated = send("c", version(1));
        assertThat(outdated.duplicate()).isTrue();
        assertThat(outdated.position()).isEqualTo(newest.position());
        assertThat(send("d", version(3)).duplicate()).isFalse();
        assertThat(gateway.manager.stats().messages().deduplicated()).isEqualTo(1);
    }

    private static SendOptions version(long number) {
        return SendOptions.defaults().withVersion(new Version(number, ""));
    }

    @Test
    void after_the_window_the_same_id_is_a_new_message() throws Exception {
        SendOptions how = SendOptions.defaults().withId("m");
        send("a", how);
        gateway.clock.advance(Duration.ofSeconds(301));
        assertThat(send("a", how).duplicate()).isFalse();
    }
}
