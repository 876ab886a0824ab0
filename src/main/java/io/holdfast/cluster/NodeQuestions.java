package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks other nodes over the links and answers them. Every question ends: with each node's answer, or with why there is none.
 *
 * <p><i>Order.</i> A link carries questions in the order in which they were asked; those of one node about one subject are given
 * to the answerer one after the other. <i>Threads.</i> Any.
 */
final class NodeQuestions implements Questions {
    private static final Logger LOG = Logger.getLogger(NodeQuestions.class.getName());

    /** Asked by this node and not ended yet. */
    private static final int MOST_ASKED = 1_000;

    /** Of other nodes, not answered yet: in number, and in bytes. */
    private static final int MOST_TO_ANSWER = 256;

    private static final int MOST_BYTES_TO_ANSWER = 16 << 20;

    private final BiPredicate<Long, byte[]> links;
    private final LongSupplier nanos;
    private final Executor executor;
    private final LinkCounters counters;
    private final Map<String, Answerer> answerers = new ConcurrentHashMap<>();
    private final Map<Long, Asked> asked = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Subject, InOrder> lines = new ConcurrentHashMap<>();
    private final AtomicInteger toAnswer = new AtomicInteger();
    private final AtomicInteger bytesToAnswer = new AtomicInteger();

    /** The questions of one node about one thing are in order. */
    private record Subject(long node, String about) {}

    /** @param links sends a frame to a node; false if it cannot */
    NodeQuestions(BiPredicate<Long, byte[]> links, LinkContext context) {
        this.links = links;
        this.nanos = context.nanos();
        this.executor = context.executor();
        this.counters = context.counters();
    }

    /** One question to several nodes. */
    private static final class Asked {
        private final long untilNanos;
        private final CompletableFuture<Map<Long, Reply>> all = new CompletableFuture<>();

        @GuardedBy("this")
        private final Set<Long> left;

        @GuardedBy("this")
        private final Map<Long, Reply> replies = new HashMap<>();

        Asked(Collection<Long> nodes, long untilNanos) {
            this.untilNanos = untilNanos;
            this.left = new HashSet<>(nodes);
        }

        /** @return whether it is this node's first reply */
        synchronized boolean reply(long node, Reply reply) {
            boolean first = left.remove(node);
            if (first) {
                replies.put(node, reply);
            }
            return first;
        }

        /** Null as long as some are missing. */
        synchronized @Nullable Map<Long, Reply> replies() {
            return left.isEmpty() ? Map.copyOf(replies) : null;
        }

        synchronized List<Long> left() {
            return List.copyOf(left);
        }
    }

    @Override
    public void answer(String about, Answerer answerer) {
        if (answerers.putIfAbsent(about, answerer) != null) {
            throw new IllegalArgumentException("questions about " + about + " are answered already");
        }
    }

    @Override
    public CompletionStage<Map<Long, Reply>> ask(
            String about, byte[] question, Collection<Long> nodes, Duration within) {
        if (question.length > MOST_BYTES || within.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "a question about " + about + " of " + question.length + " bytes, for " + within);
        }
        Asked asking = new Asked(nodes, nanos.getAsLong() + within.toNanos());
        List<Long> each = asking.left();
        if (each.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        boolean tooMany = asked.size() >= MOST_ASKED;
        long number = numbers.incrementAndGet();
        asked.put(number, asking);
        byte[] frame = Frames.question(new Frames.Question(number, about, question));
        for (long node : each) {
            counters.questions.increment();
            if (tooMany || !links.test(node, frame)) {
                end(number, node, Reply.Failure.NOT_REACHED);
            }
        }
        return asking.all;
    }

    /** Another node asks. */
    void asked(long node, Frames.Question question) {
        Answerer answerer = answerers.get(question.about());
        if (answerer == null) {
            send(node, question, Reply.Failure.FAILED);
        } else if (!reserve(question)) {
            send(node, question, Reply.Failure.NOT_REACHED);
        } else {
            try {
                lines.computeIfAbsent(new Subject(node, question.about()), subject -> new InOrder(executor))
                        .run(() -> answer(node, question, answerer));
            } catch (RejectedExecutionException | IllegalStateException e) { // the container stops
                answered(node, question, Reply.Failure.NOT_REACHED);
            }
        }
    }

    private boolean reserve(Frames.Question question) {
        int questions = toAnswer.incrementAndGet();
        int bytes = bytesToAnswer.addAndGet(question.content().length);
        boolean fits = questions <= MOST_TO_ANSWER && bytes <= MOST_BYTES_TO_ANSWER;
        if (!fits) {
            release(question);
        }
        return fits;
    }

    private void answer(long node, Frames.Question question, Answerer answerer) {
        CompletionStage<byte[]> answer;
        try {
            answer = answerer.answer(question.content());
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((bytes, failure) -> {
            if (bytes != null && bytes.length <= MOST_BYTES) {
                answered(node, question, new Reply.Answer(bytes));
            } else {
                String why = bytes == null ? "failed" : "has too many bytes: " + bytes.length;
                LOG.log(
                        Level.WARNING,
                        "The answer to node " + node + " about " + question.about() + " " + why,
                        failure);
                answered(node, question, Reply.Failure.FAILED);
            }
        });
    }

    private void answered(long node, Frames.Question question, Reply reply) {
        release(question);
        send(node, question, reply);
    }

    private void release(Frames.Question question) {
        toAnswer.decrementAndGet();
        bytesToAnswer.addAndGet(-question.content().length);
    }

    /** What cannot be sent is late at the other node. */
    private void send(long node, Frames.Question question, Reply reply) {
        if (!links.test(node, Frames.answer(new Frames.Answer(question.number(), reply)))) {
            LOG.log(Level.FINE, "An answer to node {0} had no link", node);
        }
    }

    /** Another node has replied. */
    void replied(long node, Frames.Answer answer) {
        end(answer.number(), node, answer.reply());
    }

    /** A link to or from this node is no longer there: no answer comes any more. */
    void lost(long node) {
        asked.keySet().forEach(number -> end(number, node, Reply.Failure.LATE));
        lines.keySet().removeIf(subject -> subject.node() == node);
    }

    /** Ends what is late. Called some times a second. */
    void tick() {
        long now = nanos.getAsLong();
        asked.forEach((number, asking) -> {
            if (now - asking.untilNanos >= 0) {
                asking.left().forEach(node -> end(number, node, Reply.Failure.LATE));
            }
        });
    }

    private void end(long number, long node, Reply reply) {
        Asked asking = asked.get(number);
        if (asking == null || !asking.reply(node, reply)) {
            return;
        }
        if (reply instanceof Reply.Failure) {
            counters.unanswered.increment();
        }
        Map<Long, Reply> all = asking.replies();
        if (all != null && asked.remove(number, asking)) {
            complete(asking.all, all);
        }
    }

    /** On the executor, since whoever asked may do anything then; here rather than never. */
    private void complete(CompletableFuture<Map<Long, Reply>> future, Map<Long, Reply> replies) {
        try {
            executor.execute(() -> future.complete(replies));
        } catch (RejectedExecutionException | IllegalStateException e) {
            future.complete(replies);
        }
    }
}
