package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import io.holdfast.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dead-letters}: messages that were given up, and what becomes of them. */
@Command(
        name = "dead-letters",
        description = "Lists the messages that were given up, the oldest first. Role: reader.",
        subcommands = {
            DeadLettersCommand.ListSome.class,
            DeadLettersCommand.Show.class,
            DeadLettersCommand.Resend.class,
            DeadLettersCommand.Discard.class
        })
final class DeadLettersCommand implements Callable<Integer> {
    private static final String PATH = "/api/dead-letters";

    @Mixin
    private final Server server = new Server();

    @Mixin
    private final Page page = new Page();

    @Override
    public Integer call() {
        return page.list(server);
    }

    /** Which of them are listed. */
    static final class Page {
        /** A letter has up to 64 KiB; an answer of them must not be too long. */
        private static final int DEFAULT_LIMIT = 100;

        /** Too wide for a table; {@code show} has them. */
        private static final Set<String> WIDE = Set.of("data", "b64data", "tags", "offset");

        @Option(names = "--client", paramLabel = "CLIENT", description = "Lists only those of this client.")
        private @Nullable String client;

        @Option(
                names = "--after",
                paramLabel = "NUMBER",
                description = "Begins after this number. Take that of the last one to read on.")
        private long after;

        @Option(names = "--limit", paramLabel = "NUMBER", description = "Lists at most this many (100; up to 1000).")
        private int limit = DEFAULT_LIMIT;

        private int list(Server server) {
            String answer = server.api().get(path(client, after, limit));
            Screen screen = server.screen();
            if (screen.isJson()) {
                screen.document(answer);
                return Exit.OK.code();
            }
            List<Json> letters = letters(answer);
            screen.lines(Table.rows(letters.stream().map(Page::narrow).toList()));
            if (letters.size() == limit) {
                screen.note("More may follow: add --after "
                        + letters.get(letters.size() - 1).at("number").textOrNumber());
            }
            return Exit.OK.code();
        }

        private static Json narrow(Json letter) {
            Map<String, Json> fields = letter.fields();
            fields.keySet().removeAll(WIDE);
            return Json.of(fields);
        }

        static String path(@Nullable String client, long after, int limit) {
            return PATH + "?after=" + after + "&limit=" + limit
                    + (client == null ? "" : "&client=" + ApiClient.encoded(client));
        }

        static List<Json> letters(String answer) {
            return Refusals.answer(answer).at("dead_letters").items();
        }
    }

    /** Which of them something is done with. */
    static final class Chosen {
        @Parameters(arity = "0..*", paramLabel = "NUMBER", description = "The numbers, as dead-letters lists them.")
        private final List<Long> numbers = new ArrayList<>();

        @Option(names = "--all", description = "All that are in the list now.")
        private boolean all;

        @Option(names = "--client", paramLabel = "CLIENT", description = "With --all: only those of this client.")
        private @Nullable String client;

        /** What is done with one. */
        interface Deed {
            Done to(long number, Api api);
        }

        /** What is printed: a sentence for people, a document for scripts. */
        record Done(String text, String document) {}

        /** Does it to each. One that is gone, or refused, is told and stops nothing. */
        private int each(Server server, Deed deed) {
            if (all != numbers.isEmpty() || (client != null && !all)) {
                throw Failure.usage(
                        "It is not clear which dead letters are meant",
                        "Give their numbers, or --all, with --client CLIENT for all of one client.");
            }
            Api api = server.api();
            Screen screen = server.screen();
            boolean failed = false;
            for (long number : all ? numbers(api) : numbers) {
                try {
                    Done done = deed.to(number, api);
                    screen.print(screen.isJson() ? done.document() : done.text());
                } catch (Failure e) {
                    if (e.exit() != Exit.NO) {
                        throw e;
                    }
                    screen.note("Dead letter " + number + ": " + e.message() + ".");
                    failed = true;
                }
            }
            return (failed ? Exit.NO : Exit.OK).code();
        }

        /** Read before anything is done: what is sent again may die again, with a new number. */
        private List<Long> numbers(Api api) {
            List<Long> found = new ArrayList<>();
            List<Json> letters;
            do {
                long after = found.isEmpty() ? 0 : found.get(found.size() - 1);
                letters = Page.letters(api.get(Page.path(client, after, Page.DEFAULT_LIMIT)));
                letters.forEach(letter -> found.add(letter.at("number").number()));
            } while (letters.size() == Page.DEFAULT_LIMIT);
            return found;
        }
    }

    /** {@code dead-letters list}. */
    @Command(
            name = "list",
            description = "Lists the messages that were given up, as dead-letters alone does. Role: reader.")
    static final class ListSome implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Mixin
        private final Page page = new Page();

        @Override
        public Integer call() {
            return page.list(server);
        }
    }

    /** {@code dead-letters show NUMBER}. */
    @Command(name = "show", description = "Shows a dead letter with its payload. Role: reader.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Parameters(paramLabel = "NUMBER", description = "The number, as dead-letters lists it.")
        private long number;

        @Override
        public Integer call() {
            server.screen().document(server.api().get(PATH + "/" + number));
            return Exit.OK.code();
        }
    }

    /** {@code dead-letters resend NUMBER...}. */
    @Command(
            name = "resend",
            description = "Sends dead letters again, as new messages with the old id in the tag resent-of, and removes"
                    + " them from the list. Role: admin.")
    static final class Resend implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Mixin
        private final Chosen chosen = new Chosen();

        @Override
        public Integer call() {
            return chosen.each(server, (number, api) -> {
                Json receipt = Refusals.answer(api.post(PATH + "/" + number + "/resend", "{}"));
                return new Chosen.Done(
                        "Dead letter " + number + " is sent again, with the id "
                                + receipt.at("id").textOrNumber(),
                        Json.object(done -> {
                            done.writeNumberField("number", number);
                            done.writeFieldName("receipt");
                            done.writeRawValue(receipt.toString());
                        }));
            });
        }
    }

    /** {@code dead-letters discard NUMBER...}. */
    @Command(name = "discard", description = "Removes dead letters from the list. This cannot be undone. Role: admin.")
    static final class Discard implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Mixin
        private final Chosen chosen = new Chosen();

        @Override
        public Integer call() {
            return chosen.each(server, (number, api) -> {
                api.post(PATH + "/" + number + "/discard", "{}");
                return new Chosen.Done("Dead letter " + number + " is discarded", Json.object(done -> {
                    done.writeNumberField("number", number);
                    done.writeBooleanField("discarded", true);
                }));
            });
        }
    }
}
