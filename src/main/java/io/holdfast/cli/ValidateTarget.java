package io.holdfast.cli;

import io.holdfast.client.Trust;
import io.holdfast.validate.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which gateway is validated, and with which keys. */
final class ValidateTarget {
    private static final int DEFAULT_HEALTH_PORT = 8081;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "URL",
            description = "http(s)://host:port of the gateway, or of the proxy in front of it")
    private @Nullable URI url;

    @Option(names = "--health-url", description = "the URL of health and metrics (default: the same host, port 8081)")
    private @Nullable URI healthUrl;

    @Option(names = "--api-key-file", description = "a file with the API key of a publisher or administrator")
    private @Nullable Path apiKeyFile;

    @Option(names = "--ca-file", description = "certificates in PEM that are trusted for https, instead of Java's")
    private @Nullable Path caFile;

    /** @param spawned whether it will be started, so that nobody need answer yet */
    Target target(boolean spawned) {
        URI base = url;
        if (base == null) {
            throw wrong("the URL of the gateway is missing, for instance http://localhost:9080");
        }
        if (base.getHost() == null || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
            throw wrong(base + " is not http(s)://host:port");
        }
        Trust trust = trust();
        Surroundings surroundings = Output.surroundings(spec);
        String secret = surroundings.environment(Secret.VARIABLE).strip();
        if (!secret.isEmpty() && secret.getBytes(StandardCharsets.UTF_8).length < Secret.MIN_BYTES) {
            throw wrong(Secret.VARIABLE + " has less than " + Secret.MIN_BYTES + " bytes, which the server refuses");
        }
        String key = apiKey(surroundings.environment("HOLDFAST_API_KEY").strip());
        boolean insecure = secret.isEmpty();
        // Not asked for and not there, as behind a proxy: then what needs it is skipped.
        boolean known =
                healthUrl != null || spawned || trust.obstacle(health(base)).isEmpty();
        return new Target(
                base,
                known ? health(base) : null,
                key == null && insecure ? "dev" : key,
                insecure ? null : secret,
                trust);
    }

    private @Nullable String apiKey(String fromEnvironment) {
        if (apiKeyFile == null) {
            return fromEnvironment.isEmpty() ? null : fromEnvironment;
        }
        try {
            return Files.readString(apiKeyFile, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw wrong("--api-key-file: " + apiKeyFile + " cannot be read");
        }
    }

    URI health(URI base) {
        return healthUrl == null ? URI.create("http://" + base.getHost() + ":" + DEFAULT_HEALTH_PORT) : healthUrl;
    }

    private Trust trust() {
        try {
            return caFile == null ? Trust.ofJava() : Trust.of(caFile);
        } catch (IOException e) {
            throw wrong("--ca-file: " + caFile + " cannot be read, or has no certificates in PEM");
        }
    }

    /** @throws Failure unless somebody answers there, with a certificate that is trusted */
    static void requireReachable(Target target) {
        String obstacle = target.trust().obstacle(target.base());
        if (!obstacle.isEmpty()) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "unreachable",
                    target.base() + " cannot be reached: " + obstacle,
                    "Is the gateway running there? Give the URL that clients connect to.");
        }
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
