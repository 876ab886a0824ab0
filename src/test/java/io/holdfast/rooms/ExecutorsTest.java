package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Threads and executors come from {@code app}, and asynchronous steps name their executor. Without one the JDK takes its common pool, and on a machine with two cores or fewer
 * a new thread for each step: that made a short call of the server API twice as dear.
 */
class ExecutorsTest {
    @Test
    void no_asynchronous_step_goes_without_an_executor() {
        assertThat(MainClasses.ALL.stream().flatMap(ExecutorsTest::without)).isEmpty();
    }

    @Test
    void every_step_without_an_executor_is_found() {
        assertThat(without(new ClassFileImporter().importClass(Careless.class))).hasSize(3);
    }

    /** The store's own threads: they end with it, and a hanging disk may hang them. */
    private static final Set<String> MAKE_THREADS = Set.of("SpaceReclaimer", "WriterThread");

    @Test
    void threads_and_executors_are_made_by_app_only() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : MainClasses.ALL) {
            String room = type.getPackageName().replaceFirst("^io\\.holdfast\\.?", "");
            if (!room.equals("app") && !Sources.TOOLS.contains(room) && makesThreads(type)) {
                found.add(type.getSimpleName());
            }
        }
        assertThat(found).isEqualTo(new TreeSet<>(MAKE_THREADS));
    }

    @Test
    void every_way_of_making_threads_is_found() {
        assertThat(new ClassFileImporter()
                        .importPackagesOf(Careless.class).stream()
                                .filter(ExecutorsTest::makesThreads)
                                .map(JavaClass::getSimpleName))
                .containsExactlyInAnyOrder("MakesThread", "MakesPool", "MakesTimer");
    }

    private static boolean makesThreads(JavaClass type) {
        return Stream.concat(type.getCodeUnitAccessesFromSelf().stream(), type.getCodeUnitReferencesFromSelf().stream())
                .map(JavaAccess::getTarget)
                .anyMatch(ExecutorsTest::makesThreads);
    }

    private static boolean makesThreads(AccessTarget target) {
        String owner = target.getOwner().getName();
        return owner.equals("java.util.concurrent.Executors")
                || (target.getName().equals("<init>")
                        && (owner.equals("java.lang.Thread")
                                || owner.equals("java.util.Timer")
                                || target.getOwner().isAssignableTo(ExecutorService.class)));
    }

    private static Stream<String> without(JavaClass type) {
        return type.getCodeUnitCallsFromSelf().stream()
                .filter(call -> isCareless(call.getTarget()))
                .map(call -> call.getDescription());
    }

    private static boolean isCareless(CodeUnitAccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        boolean stage = owner.startsWith("java.util.concurrent.Complet") && name.endsWith("Async");
        boolean named = target.getRawParameterTypes().stream().anyMatch(type -> type.isEquivalentTo(Executor.class));
        return (stage && !named)
                || name.equals("parallelStream")
                || (owner.equals("java.util.concurrent.ForkJoinPool") && name.equals("commonPool"));
    }

    /** Breaks the rule, and keeps it once. */
    @SuppressWarnings({"unused", "FutureReturnValueIgnored"})
    private static final class Careless {
        static void run(CompletableFuture<String> future, Executor executor) {
            future.exceptionallyAsync(failure -> "");
            CompletableFuture.runAsync(() -> {});
            List.of(1).parallelStream().forEach(number -> {});
            future.thenRunAsync(() -> {}, executor);
        }
    }

    @SuppressWarnings("unused")
    private static final class MakesThread {
        final Function<Runnable, Thread> maker = Thread::new;
    }

    @SuppressWarnings("unused")
    private static final class MakesPool {
        final Executor pool = Executors.newCachedThreadPool();
    }

    @SuppressWarnings("unused")
    private static final class MakesTimer {
        final Object timer = new java.util.Timer();
    }
}
