package io.holdfast.cli;

import io.holdfast.client.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cleanup}: what the server would tidy up, doing it, taking it back, and who did what. */
@Command(
        name = "cleanup",
        description = "Plans and runs the removal of resources that are no longer used. Role: admin.",
        subcommands = {
            CleanupCommand.Plan.class,
            CleanupCommand.Run.class,
            CleanupCommand.Cycles.class,
            CleanupCommand.Restore.class,
            CleanupCommand.Audit.class
        },
        subcommandsRepeatable = false,
        synopsisSubcommandLabel = "COMMAND")
final class CleanupCommand {
    private static final Duration CYCLE = Duration.ofMinutes(10);

    /** What of it, and how much. */
    static final class Extent {
        @Option(
                names = "--kind",
                paramLabel = "KIND",
                description = "Only resources of this kind. The option may be repeated.")
        private final List<String> kinds = new ArrayList<>();

        @Option(names = "--quota", paramLabel = "N", description = "At most this many resources.")
        private @Nullable Long quota;

        String request(boolean dryRun, boolean wait) {
            return Json.object(request -> {
                request.writeBooleanField("dry_run", dryRun);
                if (!kinds.isEmpty()) {
                    request.writeArrayFieldStart("kinds");
                    for (String kind : kinds) {
                        request.writeString(kind);
                    }
                    request.writeEndArray();
                }
                if (quota != null) {
                    request.writeNumberField("quota", quota);
                }
                request.writeBooleanField("wait", wait);
            });
        }
    }

    /** {@code cleanup plan}. */
    @Command(name = "plan", description = "Shows what a run would do now. It changes nothing.")
    static final class Plan implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Mixin
        private final Extent extent = new Extent();

        @Override
        public Integer call() {
            server.screen().document(server.api(CYCLE).post("/api/cleanup/run", extent.request(true, true)));
            return Exit.OK.code();
        }
    }

    /** {@code cleanup run}. */
    @Command(
            name = "run",
            description = "Runs a cycle now and prints its number; with --wait it prints what the cycle has done.")
    static final class Run implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Mixin
        private final Extent extent = new Extent();

        @Option(names = "--wait", description = "Waits until the cycle has ended, for at most ten minutes.")
        private boolean wait;

        @Override
        public Integer call() {
            Screen screen = server.screen();
            screen.progress(wait ? "running…" : "");
            screen.document(
                    server.api(wait ? CYCLE : Duration.ZERO).post("/api/cleanup/run", extent.request(false, wait)));
            return Exit.OK.code();
        }
    }

    /** {@code cleanup cycles [NUMBER]}. */
    @Command(name = "cycles", description = "Lists the latest cycles, or shows one cycle.")
    static final class Cycles implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Parameters(arity = "0..1", paramLabel = "NUMBER", description = "The number of the cycle, as printed by run.")
        private @Nullable Long number;

        @Override
        public Integer call() {
            String path = "/api/cleanup/cycles" + (number == null ? "" : "/" + number);
            server.screen().document(server.api().get(path));
            return Exit.OK.code();
        }
    }

    /** {@code cleanup restore KIND ID}. */
    @Command(name = "restore", description = "Restores a soft-deleted resource.")
    static final class Restore implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Parameters(index = "0", paramLabel = "KIND", description = "The kind of the resource, as in the audit.")
        private String kind = "";

        @Parameters(index = "1", paramLabel = "ID", description = "The id of the resource, as in the audit.")
        private String id = "";

        @Override
        public Integer call() {
            String answer = server.api().post("/api/cleanup/restore", Json.object(request -> {
                request.writeStringField("kind", kind);
                request.writeStringField("id", id);
            }));
            if (Refusals.answer(answer).at("restored").number() == 0) {
                throw new Failure(
                        Exit.NO,
                        "nothing_restored",
                        "No resource of this kind and id is soft-deleted",
                        "To see soft-deleted and removed resources, use: cleanup audit.");
            }
            server.screen().document(answer);
            return Exit.OK.code();
        }
    }

    /** {@code cleanup audit}. */
    @Command(name = "audit", description = "Shows who removed or restored which resource, and when.")
    static final class Audit implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Option(
                names = "--after",
                paramLabel = "NUMBER",
                description = "Only entries after the entry with this number.")
        private @Nullable Long after;

        @Option(names = "--limit", paramLabel = "N", description = "At most this many entries, the oldest first (100).")
        private @Nullable Integer limit;

        @Override
        public Integer call() {
            List<String> query = new ArrayList<>();
            if (after != null) {
                query.add("after=" + after);
            }
            if (limit != null) {
                query.add("limit=" + limit);
            }
            server.screen()
                    .document(server.api()
                            .get("/api/cleanup/audit" + (query.isEmpty() ? "" : "?" + String.join("&", query))));
            return Exit.OK.code();
        }
    }
}
