package io.holdfast.cli;

import io.holdfast.client.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code revocations}: whom and what the server refuses. */
@Command(
        name = "revocations",
        description = "Lists the clients and tokens that are revoked, at most 1000. Role: reader.")
final class RevocationsCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Override
    public Integer call() {
        String answer = server.api().get("/api/revocations");
        Screen screen = server.screen();
        if (screen.isJson()) {
            screen.document(answer);
            return Exit.OK.code();
        }
        Json all = Refusals.answer(answer);
        List<Json> listed = all.at("revocations").items();
        screen.lines(Table.rows(listed.stream().map(RevocationsCommand::row).toList()));
        if (all.at("total").number() > listed.size()) {
            screen.note(listed.size() + " of " + all.at("total").textOrNumber() + " are listed.");
        }
        return Exit.OK.code();
    }

    /** The same columns for clients and tokens; the API has this one moment in seconds. */
    private static Json row(Json revocation) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("client", revocation.at("client"));
        row.put("token_id", revocation.at("token_id"));
        boolean some = revocation.has("issued_before");
        row.put(
                "issued_before",
                some
                        ? Instant.ofEpochSecond(revocation.at("issued_before").number())
                                .toString()
                        : "");
        row.put("expires_at", revocation.at("expires_at"));
        return Json.of(row);
    }
}
