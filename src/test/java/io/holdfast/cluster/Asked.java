package io.holdfast.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Several nodes in one process that ask each other by calls. A test says which of them does not answer, or wrongly. */
public final class Asked {
    /** Instead of what the node would answer. */
    public final Map<Long, Reply> instead = new ConcurrentHashMap<>();

    /** Which nodes were asked about what, in order. */
    public final List<String> log = new ArrayList<>();

    private final Map<Long, Map<String, Questions.Answerer>> answerers = new TreeMap<>();

    Questions of(long self) {
        Map<String, Questions.Answerer> own = answerers.computeIfAbsent(self, node -> new HashMap<>());
        return new Questions() {
            @Override
            public CompletionStage<Map<Long, Reply>> ask(
                    String about, byte[] question, Collection<Long> nodes, Duration within) {
                Map<Long, Reply> replies = new HashMap<>();
                for (long node : nodes) {
                    log.add(node + " " + about);
                    replies.put(node, reply(node, about, question));
                }
                return CompletableFuture.completedFuture(replies);
            }

            @Override
            public void answer(String about, Answerer answerer) {
                own.put(about, answerer);
            }
        };
    }

    private Reply reply(long node, String about, byte[] question) {
        Reply wrong = instead.get(node);
        if (wrong instanceof Reply.Failure && wrong != Reply.Failure.LATE) {
            return wrong;
        }
        Questions.Answerer answerer = answerers.get(node).get(about);
        if (answerer == null) {
            return Reply.Failure.FAILED;
        }
        try {
            byte[] answer = answerer.answer(question).toCompletableFuture().join();
            return wrong == null ? new Reply.Answer(answer) : wrong; // who is late has done it all the same
        } catch (RuntimeException e) {
            return Reply.Failure.FAILED;
        }
    }

    /** A node's way to ask and answer. */
    public Asking asking(long self) {
        return new Asking(of(self), nodes(self), Runnable::run);
    }

    LiveNodes nodes(long self) {
        return new LiveNodes() {
            @Override
            public long number() {
                return self;
            }

            @Override
            public List<Long> others() {
                return answerers.keySet().stream().filter(node -> node != self).toList();
            }
        };
    }
}
