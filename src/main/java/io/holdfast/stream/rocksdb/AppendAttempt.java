package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to append a batch, remembered so that a repetition of the same batch joins it while it is unfinished, and
 * knows what it intended after it failed.
 */
final class AppendAttempt {

    final List<Append> batch;
    final CompletableFuture<List<AppendOutcome>> result = new CompletableFuture<>();
    /** What it was about to do when it failed; written by the writer, read by the writer in a later attempt. */
    private @Nullable List<AppendOutcome> intended;

    AppendAttempt(List<Append> batch, @Nullable AppendAttempt failedBefore) {
        this.batch = List.copyOf(batch);
        this.intended = failedBefore == null ? null : failedBefore.intended;
    }

    boolean isOf(List<Append> other) {
        return Append.same(batch, other);
    }

    boolean failed() {
        return result.isCompletedExceptionally();
    }

    /** Whether it, or one before it, was about to write. */
    boolean begun() {
        return intended != null;
    }

    void intends(List<AppendOutcome> outcomes) {
        intended = outcomes;
    }

    /**
     * What an earlier attempt of this batch has stored although it failed; null if it has not. A batch is stored as a
     * whole, so one of its publications tells for all: the last one, since its id stands for no later one.
     */
    @Nullable
    List<AppendOutcome> storedBefore(Store store) {
        List<AppendOutcome> before = intended;
        if (before == null) {
            return null;
        }
        for (int i = before.size() - 1; i >= 0; i--) {
            if (before.get(i) instanceof AppendOutcome.Stored stored) {
                Append append = batch.get(i);
                StreamState stream = store.stream(append.stream());
                Layout.IdRecord found =
                        stream.number() == 0 ? null : store.id(stream.number(), Layout.utf8(append.id()));
                boolean there = found != null
                        && found.offset() == stored.position().offset()
                        && found.publishedAtMillis() == append.publishedAtMillis();
                return there ? inEpochOf(store, before) : null;
            }
        }
        return null;
    }

    private List<AppendOutcome> inEpochOf(Store store, List<AppendOutcome> outcomes) {
        List<AppendOutcome> now = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            StreamState stream = store.stream(batch.get(i).stream());
            AppendOutcome outcome = outcomes.get(i);
            if (outcome instanceof AppendOutcome.Stored stored) {
                now.add(new AppendOutcome.Stored(
                        stream.position(stored.position().offset()), stored.dropped()));
            } else if (outcome instanceof AppendOutcome.Duplicate duplicate) {
                now.add(new AppendOutcome.Duplicate(
                        stream.position(duplicate.position().offset()), duplicate.conflicting()));
            } else if (outcome instanceof AppendOutcome.Outdated outdated) {
                now.add(new AppendOutcome.Outdated(
                        stream.position(outdated.top().offset())));
            } else if (outcome instanceof AppendOutcome.Refused) {
                now.add(outcome);
            } else {
                throw new IllegalArgumentException("an unknown outcome: " + outcome);
            }
        }
        return now;
    }
}
