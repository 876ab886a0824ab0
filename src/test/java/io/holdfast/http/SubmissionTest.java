package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubmissionTest {
    private static final int MANY = 50_000;

    private static List<Call.Publishing> calls(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Call.Publishing(
                        Kind.PUBLISH, List.of("c" + i), new byte[] {'1'}, true, SendOptions.defaults()))
                .toList();
    }

    private static Receipt receipt(String target) {
        return Receipt.stored(target, new Position("e", 1));
    }

    @Test
    void a_long_batch_of_instant_receipts_needs_no_deep_stack_and_keeps_the_order() {
        List<String> handed = new ArrayList<>();
        CompletionStage<Submission.Outcome[][]> done = Submission.submit(
                (call, target) -> {
                    handed.add(target);
                    return CompletableFuture.completedFuture(receipt(target));
                },
                calls(MANY));
        assertThat(done.toCompletableFuture()).isCompleted();
        assertThat(handed)
                .containsExactlyElementsOf(
                        IntStream.range(0, MANY).mapToObj(i -> "c" + i).toList());
    }

    @Test
    void no_more_than_some_thousands_are_under_way() {
        List<CompletableFuture<Receipt>> open = new ArrayList<>();
        CompletionStage<Submission.Outcome[][]> done = Submission.submit(
                (call, target) -> {
                    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
                    open.add(receipt);
                    return receipt;
                },
                calls(5_000));
        assertThat(open).hasSize(4_096);
        open.get(0).complete(receipt("c0"));
        assertThat(open).hasSize(4_097);
        for (int i = 1; i < open.size(); i++) {
            open.get(i).complete(receipt("c" + i));
        }
        assertThat(open).hasSize(5_000);
        assertThat(done.toCompletableFuture()).isCompleted();
    }

    @Test
    void receipts_from_many_threads_neither_lose_nor_swap_an_outcome() throws Exception {
        ConcurrentLinkedQueue<String> handed = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Submission.Outcome[][] outcomes = Submission.submit(
                            (call, target) -> {
                                handed.add(target);
                                return CompletableFuture.supplyAsync(() -> receipt(target), threads);
                            },
                            calls(MANY))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            for (int i = 0; i < MANY; i++) {
                Receipt receipt = outcomes[i][0].receipt();
                assertThat(receipt).isNotNull();
                assertThat(receipt.id()).isEqualTo("c" + i);
            }
            assertThat(handed)
                    .containsExactlyElementsOf(
                            IntStream.range(0, MANY).mapToObj(i -> "c" + i).toList());
        } finally {
            threads.shutdownNow();
        }
    }
}
