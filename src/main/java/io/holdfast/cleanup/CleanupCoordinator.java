package io.holdfast.cleanup;

import io.holdfast.cleanup.CleanupRefusedException.Reason;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.SmallRecords;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Removes resources that nobody uses any more, in cycles of five stages ({@link Stage}), one cycle at a time. The schedule or a
 * call starts a cycle. Holds, restores, the audit and the state are kept in the store.
 *
 * <p><b>State.</b> All state is in the {@link CleanupRecords}, where a running cycle is open. An open cycle that is not running was
 * interrupted, by a crash or by a store that could not be written to. It is finished or undone before anything else.
 *
 * <p><b>Several nodes.</b> One at a time cleans up ({@link Turn}), and has the state. On the others, changes are refused and the
 * state is old: ask {@link #takeTurn} before.
 *
 * <p><b>Threads.</b> Any thread may call. A cycle runs on the executor.
 *
 * <p><b>Failure.</b> A provider's failures are counted in the cycle. Everything else ends the cycle, which is then recovered.
 */
public class CleanupCoordinator {
    private static final Logger LOG = Logger.getLogger(CleanupCoordinator.class.getName());

    private final CoordinatorParts parts;
    private final Sleeper sleeper;
    private final RandomGenerator random;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final CleanupCounters counters = new CleanupCounters();
    private final Operations operations;
    private final Cycles cycles;
    private final AdministratorActions interventions;
    private volatile boolean stopped;

    /** A cycle that was begun. @param number 0 for a dry run */
    public record Begun(long number, CompletionStage<CycleReport> report) {}

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected CleanupCoordinator() {
        parts = null;
        sleeper = null;
        random = null;
        operations = null;
        cycles = null;
        interventions = null;
    }

    /**
     * @param providers of all kinds
     * @param records where it is kept what cleanup knows
     * @param turn whether it is this node's turn
     * @param earlier the journal of earlier versions; it need not exist
     * @param executor runs cycles, and parts of them beside each other
     * @throws EngineException if the records or the journal cannot be read
     */
    public CleanupCoordinator(
            List<CleanupProvider> providers,
            CleanupSettings settings,
            SmallRecords records,
            Turn turn,
            Path earlier,
            DeliveryClock clock,
            Sleeper sleeper,
            Executor executor,
            RandomGenerator random,
            Consumer<CleanupFinished> events) {
        parts = new CoordinatorParts(
                new Providers(providers),
                settings,
                CleanupRecords.open(records, turn, earlier),
                clock,
                executor,
                new Object());
        this.sleeper = sleeper;
        this.random = random;
        this.operations = new Operations(clock, sleeper, random, settings.ratePerSecond());
        this.cycles = new Cycles(parts, operations, counters, events);
        this.interventions = new AdministratorActions(parts);
    }

    /** Finishes or undoes a cycle that a crash has cut off; it may wait for providers. Called once, at the start. */
    public void start() {
        if (busy.compareAndSet(false, true)) {
            try {
                if (takeTurn()) {
                    cycles.recover();
                }
            } catch (Operations.StoppedException e) {
                LOG.log(Level.INFO, "Cleanup was stopped; the next start finishes or undoes its cycle");
            } catch (EngineException e) {
                LOG.log(
                        Level.SEVERE,
                        "A cleanup cycle that was interrupted is finished or undone before the next one",
                        e);
            } finally {
                busy.set(false);
            }
        }
    }

    /** A running cycle ends at its next step and is recovered at the next start. */
    public void stop() {
        stopped = true;
        operations.stop();
    }

    /**
     * Whether this node cleans up, now or because no other node does. May wait for the store.
     *
     * @throws EngineException if the store does not answer
     */
    public boolean takeTurn() {
        return parts.records().takeTurn();
    }

    /** Keeps the turn while a cycle runs, also while that changes nothing for long. To be called every few seconds. */
    public void keepTurn() {
        if (busy.get()) {
            try {
                takeTurn();
            } catch (EngineException e) {
                LOG.log(Level.FINE, "The cycle ends with its next change, unless the store answers by then", e);
            }
        }
    }

    /** What the schedule does: a cycle, unless that is switched off or paused or one is running, here or on another node. */
    public void runScheduled() {
        if (!parts.settings().enabled() || stopped) {
            return;
        }
        try {
            if (!takeTurn() || paused()) {
                return;
            }
            begin(CleanupRequest.scheduled());
        } catch (EngineException e) {
            LOG.log(Level.WARNING, "The scheduled cleanup did not start: {0}", e.getMessage());
        } catch (CleanupRefusedException e) {
            LOG.log(Level.INFO, "The scheduled cleanup did not start: {0}", e.getMessage());
        }
    }

    /**
     * Begins a cycle; its report comes when it has ended, or fails with {@link CleanupRefusedException} if it was cut off.
     *
     * @throws CleanupRefusedException BUSY, INVALID, or UNAVAILABLE
     */
    public Begun begin(CleanupRequest request) {
        List<CleanupProvider> providers = parts.providers().of(request.kinds());
        if (stopped) {
            throw new CleanupRefusedException(Reason.UNAVAILABLE, "The server is shutting down");
        }
        if (!busy.compareAndSet(false, true)) {
            throw new CleanupRefusedException(
                    Reason.BUSY, "Another cleanup cycle is running; repeat when it has ended");
        }
        boolean begun = false;
        try {
            if (!takeTurn()) {
                throw new CleanupRefusedException(Reason.UNAVAILABLE, "Another node cleans up; ask that one");
            }
            cycles.recover();
            long number = request.dryRun() ? 0 : parts.records().nextCycle();
            if (!request.dryRun()) {
                parts.records().begin(number, request.by(), parts.clock().millis());
            }
            CompletableFuture<CycleReport> report = new CompletableFuture<>();
            parts.executor().execute(() -> run(number, request, providers, report));
            begun = true;
            return new Begun(number, report);
        } catch (EngineException e) {
            LOG.log(Level.SEVERE, "Cleanup cannot work", e);
            throw new CleanupRefusedException(Reason.UNAVAILABLE, "The store cannot be written to; see the log");
        } catch (Operations.StoppedException | RejectedExecutionException e) {
            LOG.log(Level.INFO, "Cleanup does not start: the server is shutting down", e);
            throw new CleanupRefusedException(Reason.UNAVAILABLE, "The server is shutting down");
        } finally {
            if (!begun) {
                busy.set(false);
            }
        }
    }

    private void run(
            long number,
            CleanupRequest request,
            List<CleanupProvider> providers,
            CompletableFuture<CycleReport> report) {
        CycleReport ended = null;
        try {
            ended = cycles.run(number, request, providers);
        } catch (Operations.StoppedException e) {
            LOG.log(Level.INFO, "Cleanup was stopped; the next start finishes or undoes its cycle");
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "A cleanup cycle was interrupted; it is finished or undone before the next one", e);
        } finally {
            busy.set(false);
            if (ended != null) {
                report.complete(ended);
            } else {
                report.completeExceptionally(new CleanupRefusedException(
                        Reason.UNAVAILABLE, "The cycle was interrupted; it is finished or undone before the next one"));
            }
        }
    }

    /**
     * Takes a soft delete back, so that the resource is as before, and holds it for a while. May wait for the provider.
     *
     * @return false if it is not soft-deleted
     * @throws CleanupRefusedException if the kind is unknown
     * @throws CleanupException if the provider fails
     */
    public boolean restore(String kind, String id, String by) {
        return counted(interventions.restore(kind, id, by, calls()) ? 1 : 0) > 0;
    }

    /** Takes back all that is soft-deleted of one cycle, as {@link #restore(String, String, String)}. @return how many */
    public int restoreCycle(long cycle, String by) {
        return counted(interventions.restoreCycle(cycle, by, calls()));
    }

    private Operations calls() {
        return new Operations(parts.clock(), sleeper, random, 0);
    }

    private int counted(int restored) {
        counters.restored.add(restored);
        return restored;
    }

    /**
     * Sets a hold, which replaces an earlier one for the same owner or resource. Soft-deleted resources are kept at the end
     * of their grace period.
     */
    public void hold(Hold hold) {
        interventions.hold(hold);
    }

    /** Takes a hold back. @param owner null where it is named by kind and id. @return false if there is none */
    public boolean release(@Nullable String owner, @Nullable String kind, @Nullable String id, String by) {
        return interventions.release(
                owner == null ? new Key(String.valueOf(kind), String.valueOf(id)) : Hold.ofOwner(owner), by);
    }

    /** The moment at which a hold that is made now begins. */
    public long nowMillis() {
        return parts.clock().millis();
    }

    /** The kinds in the order in which they are cleaned. */
    public List<String> kinds() {
        return List.copyOf(parts.providers().byKind().keySet());
    }

    /** The running cycle first, then the ended cycles, the newest first; without their resources. */
    public List<CycleReport> cycles() {
        return parts.records().cycles();
    }

    public Optional<CycleReport> cycle(long number) {
        return parts.records().cycle(number);
    }

    /** @param after number behind which to begin; 0 for the first. @param cycle only of this one; 0 for all */
    public List<AuditEntry> audit(long after, int max, long cycle) {
        return parts.records().audit(after, max, entry -> cycle == 0 || entry.cycle() == cycle);
    }

    public List<SoftDeleted> softDeleted() {
        return parts.records().softDeleted(any -> true);
    }

    public List<Hold> holds() {
        return parts.records().holds(nowMillis());
    }

    /** The dead-letter list. */
    public List<Failure> failures() {
        return parts.records().failures();
    }

    private boolean paused() {
        return parts.records().abortedInARow() >= parts.settings().abortsBeforePause();
    }

    public CleanupState state() {
        return new CleanupState(
                parts.settings().enabled(),
                parts.records().stage(),
                paused(),
                parts.records().abortedInARow(),
                softDeleted().size(),
                holds().size(),
                failures().size(),
                counters.completed.sum(),
                counters.aborted.sum(),
                counters.recovered.sum(),
                counters.candidates.sum(),
                counters.softDeletes.sum(),
                counters.deletes.sum(),
                counters.kept.sum(),
                counters.failed.sum(),
                counters.restored.sum(),
                counters.lastDurationMillis);
    }
}
