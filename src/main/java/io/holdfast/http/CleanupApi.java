package io.holdfast.http;

import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cleanup.CleanupRequest;
import io.holdfast.cleanup.CleanupState;
import io.holdfast.cleanup.Failure;
import io.holdfast.cleanup.Hold;
import io.holdfast.cleanup.SoftDeleted;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.EngineException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs cleanup, restores resources, and reports. Waits for the disk, and for a restore, on the caller's thread. */
@ApplicationScoped
class CleanupApi {
    private static final Logger LOG = Logger.getLogger(CleanupApi.class.getName());
    private static final int LISTED = 1_000;
    private static final int ENTRIES = 100;
    private static final int MOST_ENTRIES = 1_000;

    private final CleanupCoordinator cleanup;

    /** The state of cleanup. Its lists have at most {@value #LISTED} entries; the state has their full lengths. */
    record Known(
            CleanupState state,
            List<String> kinds,
            List<SoftDeleted> softDeleted,
            List<Hold> holds,
            List<Failure> failures) {}

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected CleanupApi() {
        this(null);
    }

    @Inject
    CleanupApi(CleanupCoordinator cleanup) {
        this.cleanup = cleanup;
    }

    /**
     * {@code {"dry_run":…,"kinds":[…],"quota":…,"retry_failed":…,"wait":…}}, all optional. A dry run, and a cycle that is
     * waited for, is answered with the cycle; else 202 and {@code {"cycle":…}}.
     */
    CompletionStage<Answer> run(byte[] body, Caller caller) throws IOException {
        CleanupBody wanted = CleanupBody.read(body, CleanupBody.RUN);
        if (wanted.refused != null) {
            return CompletableFuture.completedFuture(wanted.refused);
        }
        CleanupRequest request =
                new CleanupRequest(caller.name(), wanted.dryRun, wanted.kinds, wanted.quota, wanted.retryFailed);
        try {
            CleanupCoordinator.Begun begun = cleanup.begin(request);
            if (wanted.dryRun || wanted.waits) {
                return begun.report()
                        .handle((report, failure) ->
                                failure == null ? RecordJson.answer(report) : Failures.answer(failure));
            }
            JsonOutput json =
                    new JsonOutput().raw("{\"cycle\":").number(begun.number()).raw("}");
            return CompletableFuture.completedFuture(new Answer(202, json.toBytes(), 0, null, null));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Failures.answer(e));
        }
    }

    /** {@code {"kind":…,"id":…}} or {@code {"cycle":…}}; the answer is {@code {"restored":…}}, how many were. */
    CompletionStage<Answer> restore(byte[] body, Caller caller) throws IOException {
        CleanupBody wanted = CleanupBody.read(body, CleanupBody.RESTORE);
        wanted.requireResourceOrCycle();
        return answer(wanted, () -> {
            Long cycle = wanted.cycle;
            return counted(
                    "restored",
                    cycle != null
                            ? cleanup.restoreCycle(cycle, caller.name())
                            : number(cleanup.restore(
                                    String.valueOf(wanted.kind), String.valueOf(wanted.id), caller.name())));
        });
    }

    /** {@code {"owner":…}} or {@code {"kind":…,"id":…}} with {@code reason} and, if it shall end, {@code ttl} in seconds. */
    CompletionStage<Answer> hold(byte[] body, Caller caller) throws IOException {
        CleanupBody wanted = CleanupBody.read(body, CleanupBody.HOLD);
        wanted.requireTarget();
        return answer(wanted, () -> {
            long now = cleanup.nowMillis();
            Long ttl = wanted.ttlMillis;
            Hold hold = new Hold(
                    text(wanted.owner),
                    text(wanted.kind),
                    text(wanted.id),
                    caller.name(),
                    wanted.reason == null ? "asked for" : wanted.reason,
                    now,
                    ttl == null ? Hold.FOREVER : now + ttl);
            cleanup.hold(hold);
            return RecordJson.answer(hold);
        });
    }

    /** Named as it was held; the answer is {@code {"released":…}}, 0 if there was no such hold. */
    CompletionStage<Answer> release(byte[] body, Caller caller) throws IOException {
        CleanupBody wanted = CleanupBody.read(body, CleanupBody.RELEASE);
        wanted.requireTarget();
        return answer(
                wanted,
                () -> counted(
                        "released", number(cleanup.release(wanted.owner, wanted.kind, wanted.id, caller.name()))));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static int number(boolean done) {
        return done ? 1 : 0;
    }

    private static Answer counted(String what, int count) {
        return Answer.ok(
                new JsonOutput().raw("{").string(what).raw(":").number(count).raw("}"));
    }

    private static CompletionStage<Answer> answer(CleanupBody wanted, Supplier<Answer> work) {
        if (wanted.refused != null) {
            return CompletableFuture.completedFuture(wanted.refused);
        }
        Answer answer;
        try {
            answer = work.get();
        } catch (EngineException e) {
            LOG.log(Level.SEVERE, "Cleanup cannot write to the store", e);
            answer = Answer.error(503, "unavailable", "It could not be stored: repeat it later");
        } catch (RuntimeException e) {
            answer = Failures.answer(e);
        }
        return CompletableFuture.completedFuture(answer);
    }

    Answer state() {
        return RecordJson.answer(new Known(
                cleanup.state(),
                cleanup.kinds(),
                cut(cleanup.softDeleted()),
                cut(cleanup.holds()),
                cut(cleanup.failures())));
    }

    private static <T> List<T> cut(List<T> all) {
        return all.subList(0, Math.min(LISTED, all.size()));
    }

    Answer cycles() {
        return RecordJson.list("cycles", cleanup.cycles());
    }

    Answer cycle(long number) {
        return cleanup.cycle(number)
                .map(RecordJson::answer)
                .orElseGet(() -> Answer.error(404, "not_found", "There is no cleanup cycle with this number"));
    }

    Answer audit(Parameters parameters) {
        long after = parameters.number("after", 0, Long.MAX_VALUE);
        long cycle = parameters.number("cycle", 0, Long.MAX_VALUE);
        int limit = (int) parameters.number("limit", ENTRIES, MOST_ENTRIES);
        return RecordJson.list("audit", cleanup.audit(after, limit, cycle));
    }
}
