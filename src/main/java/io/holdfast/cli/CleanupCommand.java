package io.holdfast.cli;

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
        description = "Plans and runs the removal of what is no longer needed. Role: admin.",
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
        @Option(names = "--kind", paramLabel = "KIND", description = "Only this kind; may be repeated.")
        private final List<String> kinds = new ArrayList<>();

        @Option(names = "--quota", paramLabel = "N", description = "At most so many.")
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
    @Command(name = "plan", description = "What a run would do now; changes nothing.")
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
    @Command(name = "run", description = "Runs now, and tells the number of the cycle; with --wait what it has done.")
    static final class Run implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Mixin
        private final Extent extent = new Extent();

        @Option(names = "--wait", description = "Waits until it is done, ten minutes at most.")
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
    @Command(name = "cycles", description = "The cycles of late, or one of them.")
    static final class Cycles implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Parameters(arity = "0..1", paramLabel = "NUMBER", description = "As run has told it.")
        private @Nullable Long number;

        @Override
        public Integer call() {
            String path = "/api/cleanup/cycles" + (number == null ? "" : "/" + number);
            server.screen().document(server.api().get(path));
            return Exit.OK.code();
        }
    }

    /** {@code cleanup restore KIND ID}. */
    @Command(name = "restore", description = "Takes a removal back, while that is possible.")
    static final class Restore implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Parameters(index = "0", paramLabel = "KIND", description = "Of what was removed, as in the audit.")
        private String kind = "";

        @Parameters(index = "1", paramLabel = "ID", description = "What was removed, as in the audit.")
        private String id = "";

        @Override
        public Integer call() {
            String answer = server.api().post("/api/cleanup/restore", Json.object(request -> {
                request.writeStringField("kind", kind);
                request.writeStringField("id", id);
            }));
            if (Json.number(Json.answer(answer), "restored") == 0) {
                throw new Failure(
                        Exit.NO,
                        "nothing_restored",
                        "Nothing of this kind and id is set aside",
                        "See what is, and what was: cleanup audit.");
            }
            server.screen().document(answer);
            return Exit.OK.code();
        }
    }

    /** {@code cleanup audit}. */
    @Command(name = "audit", description = "Who has removed and restored what, and when.")
    static final class Audit implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Option(
                names = "--after",
                paramLabel = "NUMBER",
                description = "Only what came after the entry of this number.")
        private @Nullable Long after;

        @Option(names = "--limit", paramLabel = "N", description = "At most so many, the oldest first (100).")
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
