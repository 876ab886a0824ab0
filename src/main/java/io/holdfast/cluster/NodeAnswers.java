package io.holdfast.cluster;

import io.holdfast.delivery.NodeReport;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.ThisNode;
import java.util.function.Supplier;

/** Answers what other nodes ask, with what this node knows alone. Any thread. */
public final class NodeAnswers {
    private NodeAnswers() {}

    /** @param here this node alone, not the manager of all nodes */
    public static void give(
            Asking asking, ResilientWebSocketManager here, ThisNode memory, Supplier<NodeReport> report) {
        asking.answer(PageQuestion.ABOUT, question -> PageQuestion.answer(question, memory));
        asking.answer(ClientQuestion.ABOUT, question -> ClientQuestion.answer(question, memory));
        asking.answer(ConnectionsQuestion.ABOUT, question -> ConnectionsQuestion.answer(question, memory));
        asking.answer(MessageQuestion.ABOUT, question -> MessageQuestion.answer(question, memory));
        asking.answer(ReportQuestion.ABOUT, question -> ReportQuestion.answer(report.get()));
        asking.answer(Change.ABOUT, question -> Change.answer(question, here));
    }
}
