package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import io.holdfast.client.ServerUrl;
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
    private @Nullable String url;

    @Option(names = "--health-url", description = "the URL of health and metrics (default: the same host, port 8081)")
    private @Nullable String healthUrl;

    @Option(names = "--api-key-file", description = "a file with the API key of a publisher or administrator")
    private @Nullable Path apiKeyFile;

    @Option(names = "--ca-file", description = "certificates in PEM that are trusted for https, instead of Java's")
    private @Nullable Path caFile;

    /** @param spawned whether it will be started, so that nobody need answer yet */
    Target target(boolean spawned) {
        if (url == null) {
            throw wrong("the URL of the gateway is missing, for instance http://localhost:9080");
        }
        URI base = base("the URL of the gateway", url);
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
        String key = apiKeyFile == null ? fromEnvironment : keyIn(apiKeyFile);
        if (!ApiClient.isKey(key)) {
            throw wrong("the API key has a character that a header cannot hold");
        }
        return key.isEmpty() ? null : key;
    }

    private String keyIn(Path file) {
        try {
            String key = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (key.isEmpty()) {
                throw wrong("--api-key-file: " + file + " is empty");
            }
            return key;
        } catch (IOException e) {
            throw wrong("--api-key-file: " + file + " cannot be read");
        }
    }

    URI health(URI base) {
        return healthUrl == null
                ? URI.create("http://" + base.getHost() + ":" + DEFAULT_HEALTH_PORT)
                : base("--health-url", healthUrl);
    }

    /** Paths are put behind it, so it has no query. */
    private URI base(String what, String text) {
        URI base = server(what, text);
        if (base.getRawQuery() != null || base.getRawFragment() != null) {
            throw wrong(what + " is not http(s)://host:port, but has a query or fragment");
        }
        return base;
    }

    /** @throws ParameterException if this is not the URL of a server; it does not show what may be a password */
    URI server(String what, String text) {
        URI server = ServerUrl.read(text);
        if (server == null) {
            throw wrong(what + " is not http(s)://host:port, without user and password");
        }
        return server;
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
