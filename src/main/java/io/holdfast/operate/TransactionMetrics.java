package io.holdfast.operate;

import static io.holdfast.operate.Metric.counter;
import static io.holdfast.operate.Metric.gauge;

import java.util.List;

/** The metrics of messages in transactions. */
final class TransactionMetrics {
    private TransactionMetrics() {}

    static List<Metric> all() {
        return List.of(
                counter(
                        "holdfast_transactions_forwarded",
                        "Messages of committed transactions that were published",
                        s -> s.forwarding().forwarded()),
                counter(
                        "holdfast_transactions_repeated",
                        "Messages of committed transactions that had been published before",
                        s -> s.forwarding().repeated()),
                counter(
                        "holdfast_transactions_refused",
                        "Messages of committed transactions that were refused for good and set aside",
                        s -> s.forwarding().setAside()),
                gauge(
                        "holdfast_transactions_set_aside",
                        "Rows of holdfast_outbox that are set aside",
                        s -> s.forwarding().aside()),
                counter(
                        "holdfast_transactions_failures",
                        "Rounds of forwarding that failed",
                        s -> s.forwarding().failures()),
                gauge(
                        "holdfast_transactions_failing_seconds",
                        "Seconds since forwarding began to fail or hang; 0 if it works",
                        s -> s.forwarding().failingFor().toSeconds()),
                gauge(
                        "holdfast_transactions_oldest_waiting_seconds",
                        "Age of the oldest message of a committed transaction that waits",
                        s -> Metric.seconds(s.forwarding().oldestWaiting())));
    }
}
