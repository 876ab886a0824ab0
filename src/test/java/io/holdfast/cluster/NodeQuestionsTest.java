package io.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cluster.Cables.TestNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every question ends, with an answer or with why there is none. */
class NodeQuestionsTest {
    private static final Duration WITHIN = Duration.ofSeconds(2);

    private final Simulation simulation = new Simulation(1);
    private final Cables cables = new Cables(simulation);
    private final TestNode a = cables.node(1);
    private final TestNode b = cables.node(2);
    private final TestNode c = cables.node(3);

    @BeforeEach
    void connect() {
        cables.connect();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Reply reply) {
        return reply instanceof Reply.Answer answer ? new String(answer.bytes(), StandardCharsets.UTF_8) : "" + reply;
    }

    private static CompletionStage<byte[]> done(String answer) {
        return CompletableFuture.completedFuture(bytes(answer));
    }

    private CompletableFuture<Map<Long, Reply>> ask(String about, String question, Long... nodes) {
        return a.links
                .questions()
                .ask(about, bytes(question), Set.of(nodes), WITHIN)
                .toCompletableFuture();
    }

    private Map<Long, Reply> replies(CompletableFuture<Map<Long, Reply>> asked) {
        simulation.pass(Duration.ofMillis(100));
        assertThat(asked).isDone();
        return asked.join();
    }

    @Test
    void every_node_answers_for_itself() {
        b.links.questions().answer("size", question -> done("b:" + new String(question)));
        c.links.questions().answer("size", question -> done("c:" + new String(question)));

        Map<Long, Reply> replies = replies(ask("size", "x", 2L, 3L));

        assertThat(text(replies.get(2L))).isEqualTo("b:x");
        assertThat(text(replies.get(3L))).isEqualTo("c:x");
        assertThat(a.links.stats().questions()).isEqualTo(2);
        assertThat(a.links.stats().unanswered()).isZero();
    }

    @Test
    void nodes_that_fail_do_not_know_or_are_not_there_are_told_apart() {
        b.links.questions().answer("size", question -> {
            throw new IllegalStateException("broken");
        });

        Map<Long, Reply> replies = replies(ask("size", "x", 2L, 3L, 99L));

        assertThat(replies)
                .containsEntry(2L, Reply.Failure.FAILED)
                .containsEntry(3L, Reply.Failure.FAILED)
                .containsEntry(99L, Reply.Failure.NOT_REACHED);
    }

    @Test
    void an_answer_that_does_not_come_in_time_is_late_and_later_ignored() {
        CompletableFuture<byte[]> never = new CompletableFuture<>();
        b.links.questions().answer("size", question -> never);
        CompletableFuture<Map<Long, Reply>> asked = ask("size", "x", 2L);

        simulation.pass(Duration.ofMillis(1_900));
        assertThat(asked).isNotDone();
        simulation.pass(Duration.ofMillis(300));

        assertThat(asked.join()).containsEntry(2L, Reply.Failure.LATE);
        never.complete(bytes("too late"));
        simulation.pass(Duration.ofSeconds(1));
        assertThat(asked.join()).containsEntry(2L, Reply.Failure.LATE);
    }

    @Test
    void a_question_whose_link_breaks_ends_at_once() {
        b.links.questions().answer("size", question -> new CompletableFuture<>());
        CompletableFuture<Map<Long, Reply>> forth = ask("size", "x", 2L);
        simulation.pass(Duration.ofMillis(50));
        cables.cut(1, 2);
        assertThat(replies(forth)).containsEntry(2L, Reply.Failure.LATE);

        simulation.until("all links are up", () -> cables.isConnected(a) && cables.isConnected(b));
        CompletableFuture<Map<Long, Reply>> back = ask("size", "x", 2L);
        simulation.pass(Duration.ofMillis(50));
        cables.cut(2, 1); // the answer would have come by this one
        assertThat(replies(back)).containsEntry(2L, Reply.Failure.LATE);
    }

    @Test
    void questions_about_one_thing_are_given_in_order_and_answered_side_by_side() {
        List<String> given = new ArrayList<>();
        List<CompletableFuture<byte[]>> open = new ArrayList<>();
        b.links.questions().answer("log", question -> {
            given.add(new String(question));
            open.add(new CompletableFuture<>());
            return open.get(open.size() - 1);
        });
        List<CompletableFuture<Map<Long, Reply>>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(ask("log", "q" + i, 2L));
        }
        simulation.pass(Duration.ofMillis(500));

        assertThat(given).hasSize(50).startsWith("q0", "q1", "q2").endsWith("q49");
        assertThat(given)
                .isEqualTo(
                        given.stream().sorted((x, y) -> number(x) - number(y)).toList());
        open.get(49).complete(bytes("last first"));
        assertThat(replies(asked.get(49))).hasSize(1);
        assertThat(asked.get(0)).isNotDone();
    }

    private static int number(String question) {
        return Integer.parseInt(question.substring(1));
    }

    @Test
    void too_many_questions_are_not_taken_and_room_comes_back() {
        List<CompletableFuture<byte[]>> open = new ArrayList<>();
        b.links.questions().answer("slow", question -> {
            open.add(new CompletableFuture<>());
            return open.get(open.size() - 1);
        });
        List<CompletableFuture<Map<Long, Reply>>> asked = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            asked.add(a.links
                    .questions()
                    .ask("slow", bytes("x"), Set.of(2L), Duration.ofMinutes(1))
                    .toCompletableFuture());
        }
        simulation.pass(Duration.ofSeconds(3));

        assertThat(open).hasSize(256);
        assertThat(asked.stream().filter(CompletableFuture::isDone).map(CompletableFuture::join))
                .hasSize(144)
                .allMatch(replies -> replies.get(2L) == Reply.Failure.NOT_REACHED);
        open.forEach(answer -> answer.complete(bytes("y")));
        simulation.pass(Duration.ofSeconds(3));
        assertThat(asked).allMatch(CompletableFuture::isDone);
        CompletableFuture<Map<Long, Reply>> next = ask("slow", "x", 2L);
        simulation.pass(Duration.ofMillis(100));
        assertThat(open).hasSize(257);
        assertThat(next).isNotDone();
    }

    @Test
    void the_largest_answer_arrives_and_a_larger_one_has_failed() {
        b.links
                .questions()
                .answer(
                        "bytes",
                        question -> CompletableFuture.completedFuture(
                                new byte[Integer.parseInt(new String(question, StandardCharsets.UTF_8))]));

        Map<Long, Reply> largest = replies(ask("bytes", "" + Questions.MOST_BYTES, 2L));
        Map<Long, Reply> larger = replies(ask("bytes", "" + (Questions.MOST_BYTES + 1), 2L));

        assertThat(((Reply.Answer) largest.get(2L)).bytes()).hasSize(Questions.MOST_BYTES);
        assertThat(larger).containsEntry(2L, Reply.Failure.FAILED);
    }

    @Test
    void mistakes_of_the_caller_are_exceptions() {
        Questions questions = a.links.questions();
        assertThatThrownBy(() -> questions.ask("x", new byte[Questions.MOST_BYTES + 1], Set.of(2L), WITHIN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> questions.ask("x", new byte[0], Set.of(2L), Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class);
        questions.answer("x", question -> done(""));
        assertThatThrownBy(() -> questions.answer("x", question -> done("")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_question_to_nobody_ends_at_once() {
        assertThat(ask("size", "x").join()).isEmpty();
    }
}
