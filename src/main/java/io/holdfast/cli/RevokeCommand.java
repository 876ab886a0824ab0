package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.client.Json;
import io.holdfast.client.Times;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code revoke CLIENT} and {@code revoke --token-id ID}: tokens that are refused from now on. */
@Command(
        name = "revoke",
        description = "Refuses all tokens of a client, or one token, from now on, also after a restart, and closes the"
                + " connections that were opened with them. Role: admin.")
final class RevokeCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(arity = "0..1", paramLabel = "CLIENT", description = "The client whose tokens are refused.")
    private @Nullable String client;

    @Option(names = "--token-id", paramLabel = "ID", description = "Only the token with this id (its claim jti).")
    private @Nullable String tokenId;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = Time.class,
            description = "For how long. Choose it at least as long as tokens are valid. The default is a day.")
    private @Nullable Duration ttl;

    @Option(
            names = "--issued-before",
            paramLabel = "MOMENT",
            converter = Moment.class,
            description =
                    "Only tokens of the client that were issued before this moment: now, or such as 2026-11-30T12:00:00Z.")
    private @Nullable Instant issuedBefore;

    @Option(names = "--undo", description = "Takes a revocation back.")
    private boolean undo;

    /** A moment in ISO-8601, or {@code now}. */
    static final class Moment implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return text.equals("now") ? Instant.now() : Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException(
                        "'" + text + "' is neither now nor a moment such as 2026-11-30T12:00:00Z");
            }
        }
    }

    @Override
    public Integer call() {
        if ((client == null) == (tokenId == null)) {
            throw Failure.usage(
                    "Either a client or --token-id is required", "See what is revoked, with: holdfast revocations");
        }
        if (undo && (ttl != null || issuedBefore != null)) {
            throw Failure.usage("--undo takes no --ttl and no --issued-before", "Leave them out.");
        }
        String answer = server.api().post("/api/revoke", Json.object(this::fields));
        Screen screen = server.screen();
        if (screen.isJson()) {
            screen.document(answer);
        } else {
            screen.print(sentence(Refusals.answer(answer)));
        }
        return Exit.OK.code();
    }

    private String sentence(Json answer) {
        String what = client != null ? "client " + client : "token " + tokenId;
        return undo
                ? "The " + what + " is revoked no more."
                : "The " + what + " is revoked until "
                        + Instant.ofEpochMilli(answer.at("expires_at").number()) + ". Closed connections: "
                        + answer.at("closed").number();
    }

    private void fields(JsonGenerator json) throws IOException {
        if (client != null) {
            json.writeStringField("client", client);
        } else if (tokenId != null) {
            json.writeStringField("token_id", tokenId);
        }
        Duration time = undo ? Duration.ZERO : ttl;
        if (time != null) {
            json.writeNumberField("ttl", Times.seconds(time));
        }
        if (issuedBefore != null) {
            json.writeNumberField("issued_before", issuedBefore.getEpochSecond());
        }
    }
}
