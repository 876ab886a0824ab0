package io.holdfast.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Questions to other nodes, and their answers. Any thread; no method waits.
 *
 * <p>Duties of an implementer: the questions of one node to another about one subject are given to its answerer in the order in
 * which they were asked; they are answered side by side. A question that waits, or whose answer is under way, has a limit in
 * number and in bytes; beyond it, a node counts as not reached.
 */
public interface Questions {
    /** The most bytes of a question or an answer. */
    int MOST_BYTES = 1 << 20;

    /** How long a node may take for an ordinary answer. */
    Duration SOON = Duration.ofSeconds(2);

    /** The longest time for which an answer can be awaited. */
    Duration LONGEST = Duration.ofMinutes(15);

    /** Of a node that is alone: every other one is not reached, and nobody asks. */
    Questions NONE = new Questions() {
        @Override
        public CompletionStage<Map<Long, Reply>> ask(
                String about, byte[] question, Collection<Long> nodes, Duration within) {
            Map<Long, Reply> replies = new HashMap<>();
            nodes.forEach(node -> replies.put(node, Reply.Failure.NOT_REACHED));
            return CompletableFuture.completedFuture(replies);
        }

        @Override
        public void answer(String about, Answerer answerer) {
            // nobody asks
        }
    };

    /**
     * Asks nodes.
     *
     * @param about the subject, a short word
     * @param nodes their numbers
     * @param within how long the answers may take; at most {@link #LONGEST}
     * @return for each of the nodes its reply; complete when all have replied, or when the time is over. It never fails, and
     *     may complete on any thread
     * @throws IllegalArgumentException if the question is too long
     */
    CompletionStage<Map<Long, Reply>> ask(String about, byte[] question, Collection<Long> nodes, Duration within);

    /** Has the questions of other nodes about a subject answered, from now on. */
    void answer(String about, Answerer answerer);

    /** Answers questions. */
    interface Answerer {
        /**
         * Answers one. Called on a managed executor. If it throws, or the stage fails, the node that asked gets a reply that
         * says only that it failed.
         */
        CompletionStage<byte[]> answer(byte[] question);
    }
}
