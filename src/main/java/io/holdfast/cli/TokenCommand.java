package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.client.Json;
import io.holdfast.client.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code token}: makes and checks tokens for development, signed with the server's secret. */
@Command(
        name = "token",
        description = "Makes and checks tokens for development (HS256). In production your login service makes them.",
        subcommands = {TokenCommand.Make.class, TokenCommand.Check.class},
        synopsisSubcommandLabel = "COMMAND")
final class TokenCommand {

    /** {@code token make}. */
    @Command(name = "make", description = "Prints a connect token, or with --subscription a subscription token.")
    static final class Make implements Callable<Integer> {
        private static final Duration MOST = Duration.ofDays(3650);

        @Mixin
        private final Output output = new Output();

        @Mixin
        private final Secret secret = new Secret();

        @Option(names = "--sub", paramLabel = "CLIENT", required = true, description = "The client.")
        private String client = "";

        @Option(
                names = "--ttl",
                paramLabel = "TIME",
                defaultValue = "10m",
                converter = Time.class,
                description = "How long the token is valid, such as 90s, 10m or 8h (${DEFAULT-VALUE}).")
        private Duration life = Duration.ZERO;

        @Option(
                names = "--subscription",
                paramLabel = "CHANNEL",
                description = "Makes a subscription token that is valid only for this channel.")
        private @Nullable String subscription;

        @Option(
                names = "--channels",
                paramLabel = "CHANNEL",
                split = ",",
                description = "The server subscribes the client to these channels at once. Separate them by commas.")
        private final List<String> channels = new ArrayList<>();

        @Option(names = "--device", paramLabel = "NAME", description = "The name of the device.")
        private @Nullable String device;

        @Option(names = "--info", paramLabel = "JSON", description = "Other clients see it in presence.")
        private @Nullable String info;

        @Option(names = "--id", paramLabel = "ID", description = "The claim jti. The token can be revoked by it.")
        private @Nullable String id;

        @Option(names = "--aud", paramLabel = "TEXT", description = "The same value as holdfast.token.audience.")
        private @Nullable String audience;

        @Option(names = "--iss", paramLabel = "TEXT", description = "The same value as holdfast.token.issuer.")
        private @Nullable String issuer;

        @Override
        public Integer call() {
            if (!Printable.isName(client, TokenVerdict.MAX_CLIENT_BYTES)) {
                throw Failure.usage(
                        "--sub is no name of a client", "It has 1 to 200 bytes in UTF-8, and nothing invisible.");
            }
            if (life.compareTo(Duration.ofSeconds(1)) < 0 || life.compareTo(MOST) > 0) {
                throw Failure.usage("--ttl must be from 1s to 3650d", "Correct it.");
            }
            if (subscription != null && (!channels.isEmpty() || device != null)) {
                throw Failure.usage(
                        "--channels and --device belong into a connect token", "Leave them out, or --subscription.");
            }
            String infoJson = info == null ? null : Input.payload(info);
            Instant now = Instant.now();
            long expires = now.plus(life).getEpochSecond();
            String token = Tokens.hs256(
                    secret.read(output.surroundings()),
                    Json.object(claims -> claims(claims, infoJson, now.getEpochSecond(), expires)));
            Screen screen = output.screen();
            if (screen.isJson()) {
                screen.document(Json.object(made -> {
                    made.writeStringField("token", token);
                    made.writeStringField("kind", subscription == null ? "connect" : "subscription");
                    made.writeNumberField("exp", expires);
                }));
            } else {
                screen.print(token);
            }
            return Exit.OK.code();
        }

        private void claims(JsonGenerator claims, @Nullable String infoJson, long issued, long expires)
                throws IOException {
            claims.writeStringField("sub", client);
            text(claims, "channel", subscription);
            if (!channels.isEmpty()) {
                claims.writeArrayFieldStart("channels");
                for (String channel : channels) {
                    claims.writeString(channel);
                }
                claims.writeEndArray();
            }
            text(claims, "device", device);
            if (infoJson != null) {
                claims.writeFieldName("info");
                claims.writeRawValue(infoJson);
            }
            text(claims, "jti", id);
            text(claims, "aud", audience);
            text(claims, "iss", issuer);
            claims.writeNumberField("iat", issued);
            claims.writeNumberField("exp", expires);
        }

        private static void text(JsonGenerator claims, String name, @Nullable String value) throws IOException {
            if (value != null) {
                claims.writeStringField(name, value);
            }
        }
    }

    /** {@code token check TOKEN|-}. */
    @Command(
            name = "check",
            description = "Shows the content of a token. The exit code is 1 unless the server would accept the token.")
    static final class Check implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Mixin
        private final Secret secret = new Secret();

        @Parameters(
                paramLabel = "TOKEN",
                description = "The token. With - it is read from standard input, where other users cannot see it.")
        private String token = "";

        @Option(
                names = "--skew",
                paramLabel = "TIME",
                defaultValue = "10s",
                converter = Time.class,
                description = "The same value as holdfast.token.skew (${DEFAULT-VALUE}).")
        private Duration skew = Duration.ZERO;

        @Override
        public Integer call() {
            String given = token.equals("-")
                    ? Input.text(output.surroundings().in(), "standard input").strip()
                    : token;
            TokenVerdict verdict = TokenVerdict.of(given, secret.read(output.surroundings()), skew, Instant.now());
            output.screen().document(verdict.json());
            return verdict.isGood() ? Exit.OK.code() : Exit.NO.code();
        }
    }
}
