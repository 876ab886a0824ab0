package io.holdfast.cluster;

import io.holdfast.delivery.Gathered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** Asks other nodes one question and reads their answers, and has theirs answered. Any thread. */
public final class Asking {
    private static final Logger LOG = Logger.getLogger(Asking.class.getName());

    private final Questions questions;
    private final LiveNodes nodes;
    private final Executor executor;

    /** @param executor on which answers are read */
    public Asking(Questions questions, LiveNodes nodes, Executor executor) {
        this.questions = questions;
        this.nodes = nodes;
        this.executor = executor;
    }

    /** Of a node that is alone: nothing is ever asked. */
    public static Asking nobody() {
        return new Asking(Questions.NONE, LiveNodes.ALONE, Runnable::run);
    }

    /** This node's number; 0 if it is alone. */
    public long number() {
        return nodes.number();
    }

    /** The numbers of the other nodes. */
    public Collection<Long> others() {
        return nodes.others();
    }

    /**
     * Asks all other nodes. Without any, the stage is complete.
     *
     * @param merge is given the answers of the nodes that answered
     */
    public <A, R> CompletionStage<Gathered<R>> all(Question<A> question, Function<List<A>, R> merge) {
        return each(question, others())
                .thenApply(answers -> answers.map(byNode -> merge.apply(List.copyOf(byNode.values()))));
    }

    /** Asks some nodes. @return the answers by the nodes' numbers; a node whose answer cannot be read is missing */
    public <A> CompletionStage<Gathered<Map<Long, A>>> each(Question<A> question, Collection<Long> some) {
        if (some.isEmpty()) {
            return CompletableFuture.completedFuture(Gathered.complete(Map.of()));
        }
        List<Long> asked = List.copyOf(some);
        return questions
                .ask(question.about(), question.encoded(), asked, question.within())
                .thenApplyAsync(replies -> read(question, asked, replies), executor);
    }

    private static <A> Gathered<Map<Long, A>> read(Question<A> question, List<Long> asked, Map<Long, Reply> replies) {
        Map<Long, A> answers = new TreeMap<>();
        TreeSet<Long> missing = new TreeSet<>(asked);
        replies.forEach((node, reply) -> {
            if (reply instanceof Reply.Answer answer) {
                try {
                    answers.put(node, question.decoded(answer.bytes()));
                    missing.remove(node);
                } catch (IOException e) {
                    LOG.log(
                            Level.WARNING,
                            "The answer of node " + node + " to a question about " + question.about()
                                    + " cannot be read. Is its version far from this node's?",
                            e);
                }
            }
        });
        return new Gathered<>(answers, new ArrayList<>(missing));
    }

    /** Answers a question at once. */
    public interface Answering {
        /** @throws IOException if the question cannot be read */
        byte[] answer(byte[] question) throws IOException;
    }

    /** Has questions of other nodes answered, from now on, on a managed executor. */
    public void answer(String about, Answering answering) {
        answerLater(about, question -> CompletableFuture.completedFuture(answering.answer(question)));
    }

    /** Answers a question later. */
    public interface AnsweringLater {
        /** @throws IOException if the question cannot be read */
        CompletionStage<byte[]> answer(byte[] question) throws IOException;
    }

    /** Like {@link #answer}. */
    public void answerLater(String about, AnsweringLater answering) {
        questions.answer(about, question -> {
            try {
                return answering.answer(question);
            } catch (IOException e) {
                throw new UncheckedIOException("A question of another node cannot be read", e);
            }
        });
    }

    /** Numbers for a sentence. */
    public static String list(Collection<Long> nodes) {
        return nodes.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
