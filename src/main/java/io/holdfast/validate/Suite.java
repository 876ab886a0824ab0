package io.holdfast.validate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios, one after the other, each on a thread of its own that is given up when its time is over.
 *
 * <p>Each gets a source of randomness made of the seed, its name and its format: it makes the same choices whatever else is
 * run.
 */
public final class Suite {
    private final Target target;
    private final Settings settings;
    private final @Nullable Spawned spawned;

    public Suite(Target target, Settings settings, @Nullable Spawned spawned) {
        this.target = target;
        this.settings = settings;
        this.spawned = spawned;
    }

    /** Of all choices that scenarios make. */
    public long seed() {
        return settings.seed();
    }

    /** All scenarios, in the order of a report. */
    public static List<Scenario> all() {
        return Stream.of(
                        HandshakeScenarios.all(),
                        LimitScenarios.all(),
                        BodyScenarios.all(),
                        DeliveryScenarios.all(),
                        RecoveryScenarios.all(),
                        DeviceScenarios.all(),
                        StateScenarios.all(),
                        AccessScenarios.all(),
                        SecrecyScenarios.all(),
                        OperationScenarios.all(),
                        ChaosScenarios.all(),
                        SpawnScenarios.all())
                .flatMap(List::stream)
                .toList();
    }

    /** The scenarios that these settings ask for. */
    public List<Scenario> chosen() {
        return all().stream()
                .filter(scenario -> settings.only().isEmpty()
                        ? scenario.shortForm() || !settings.shortForm()
                        : settings.only().contains(scenario.name())
                                || settings.only().contains(scenario.group()))
                .toList();
    }

    /** Runs what was chosen. @param progress is told each result as it comes */
    public List<Result> run(Consumer<Result> progress) {
        List<Result> results = new ArrayList<>();
        for (Scenario scenario : chosen()) {
            for (Format format : settings.formats()) {
                Result result = run(scenario, format);
                results.add(result);
                progress.accept(result);
            }
        }
        return results;
    }

    /** Runs one scenario in one format. */
    public Result run(Scenario scenario, Format format) {
        long start = System.nanoTime();
        Set<Need> missing = EnumSet.copyOf(scenario.needs().isEmpty() ? EnumSet.noneOf(Need.class) : scenario.needs());
        missing.removeIf(this::has);
        Outcome outcome = missing.isEmpty()
                ? limited(scenario, format)
                : Outcome.skipped("needs "
                        + String.join(
                                ", and ", missing.stream().map(Need::words).toList()));
        return new Result(scenario, format, outcome, (System.nanoTime() - start) / 1_000_000);
    }

    private boolean has(Need need) {
        return switch (need) {
            case API_KEY -> target.apiKey() != null;
            case TOKEN_SECRET -> !target.insecure();
            case INSECURE -> target.insecure();
            case HEALTH -> target.health() != null;
            case CHAOS -> settings.chaos();
            case SPAWN -> spawned != null;
            case LOG -> settings.logFile() != null || spawned != null;
        };
    }

    private Outcome limited(Scenario scenario, Format format) {
        Duration limit = scenario.limit().plus(settings.patience());
        Random random = new Random(settings.seed() * 31 + (scenario.name() + format).hashCode());
        try (Scope scope = new Scope(target, format, settings, spawned, random)) {
            FutureTask<Outcome> task = new FutureTask<>(() -> outcome(scenario, scope));
            Thread thread = new Thread(task, "validate-" + scenario.name());
            thread.setDaemon(true);
            thread.start();
            try {
                return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                task.cancel(true);
                return Outcome.failed("not done within " + limit.toSeconds() + " s; it was at " + place(thread));
            } catch (ExecutionException e) {
                return Outcome.failed("the suite itself failed: " + e.getCause());
            } catch (InterruptedException e) {
                task.cancel(true);
                Thread.currentThread().interrupt();
                return Outcome.failed("interrupted");
            }
        }
    }

    private static String place(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .filter(frame -> frame.getClassName().endsWith("Scenarios"))
                .map(StackTraceElement::toString)
                .findFirst()
                .orElse("its end");
    }

    private static Outcome outcome(Scenario scenario, Scope scope) throws InterruptedException {
        try {
            scenario.script().run(scope);
            return Outcome.passed(scope.notes());
        } catch (NotHeldException e) {
            return Outcome.failed(String.valueOf(e.getMessage()));
        } catch (NotApplicableException e) {
            return Outcome.skipped(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return Outcome.failed("the server or the way to it failed: " + e);
        }
    }
}
