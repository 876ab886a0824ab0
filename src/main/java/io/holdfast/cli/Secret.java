package io.holdfast.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The secret of tokens; never on the command line, where others see it. */
final class Secret {
    static final String VARIABLE = "HOLDFAST_TOKEN_HMAC_SECRET";
    static final int MIN_BYTES = 32;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "A file that contains only holdfast.token.hmac-secret. The default is " + VARIABLE + ".")
    private @Nullable Path file;

    String read(Surroundings surroundings) {
        String secret = file != null
                ? Input.secret(file)
                : surroundings.environment(VARIABLE).strip();
        if (secret.isEmpty()) {
            throw Failure.usage(
                    "There is no secret",
                    "Put the server's holdfast.token.hmac-secret into " + VARIABLE
                            + " or a file for --secret-file. Make one with: openssl rand -base64 48");
        }
        if (secret.getBytes(StandardCharsets.UTF_8).length < MIN_BYTES) {
            throw Failure.usage(
                    "The secret has less than " + MIN_BYTES + " bytes, which the server refuses",
                    "Make a longer one, with: openssl rand -base64 48");
        }
        return secret;
    }
}
