package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import io.holdfast.client.ServerUrl;
import io.holdfast.client.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which server, and who asks. */
final class Server {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int MAX_SECONDS = 3_600;
    private static final int HEALTH_PORT = 8081;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Option(names = Output.JSON, description = Output.JSON_TEXT)
    private boolean json;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The URL of the gateway. The default is HOLDFAST_URL, or else http://localhost:9080.")
    private @Nullable String url;

    @Option(
            names = "--health-url",
            paramLabel = "URL",
            description =
                    "The URL of the gateway's health report. The default is HOLDFAST_HEALTH_URL, or else port 8081 of the gateway's host.")
    private @Nullable String healthUrl;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description =
                    "A file that contains only the API key. The default is HOLDFAST_API_KEY, or else, on loopback, the key 'dev' of"
                            + " insecure mode.")
    private @Nullable Path apiKeyFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "A file with certificates in PEM that are trusted for https, instead of those that Java trusts.")
    private @Nullable Path caFile;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for an answer (${DEFAULT-VALUE}).")
    private double timeout;

    Surroundings surroundings() {
        return Output.surroundings(spec);
    }

    Screen screen() {
        return new Screen(surroundings(), json);
    }

    Api api() {
        return api(Duration.ZERO);
    }

    /** @param least for calls that may take long */
    Api api(Duration least) {
        URI base = base();
        Duration wanted = limit();
        return new Api(base, key(base), wanted.compareTo(least) < 0 ? least : wanted, trust());
    }

    /** Without a key: the report is for everybody, and its port may be somebody else's. */
    Api health() {
        String given = first(healthUrl, "HOLDFAST_HEALTH_URL", "");
        if (!given.isEmpty()) {
            return new Api(url(given, "--health-url"), "", limit(), trust());
        }
        return new Api(URI.create("http://" + base().getHost() + ":" + HEALTH_PORT), "", limit(), trust());
    }

    Trust trust() {
        try {
            return caFile == null ? Trust.ofJava() : Trust.of(caFile);
        } catch (IOException e) {
            throw Failure.usage(
                    "The file " + caFile + " cannot be read, or contains no certificates",
                    "Give certificates in PEM (-----BEGIN CERTIFICATE-----).");
        }
    }

    URI base() {
        return url(first(url, "HOLDFAST_URL", "http://localhost:9080"), "--url");
    }

    Duration limit() {
        if (!(timeout > 0 && timeout <= MAX_SECONDS)) {
            throw Failure.usage(
                    "--timeout is not a number of seconds above 0 and up to " + MAX_SECONDS, "Give one, such as 2.5.");
        }
        return Duration.ofMillis(Math.max(1, Math.round(timeout * 1_000)));
    }

    private String key(URI base) {
        String key =
                apiKeyFile != null ? Input.secret(apiKeyFile) : surroundings().environment("HOLDFAST_API_KEY");
        if (!ApiClient.isKey(key)) {
            throw Failure.usage(
                    "The API key contains blanks or other invalid characters",
                    "Check HOLDFAST_API_KEY, or the content of the file.");
        }
        return key.isEmpty() && LOOPBACK.contains(base.getHost()) ? "dev" : key;
    }

    private String first(@Nullable String option, String variable, String otherwise) {
        if (option != null) {
            return option;
        }
        String value = surroundings().environment(variable);
        return value.isEmpty() ? otherwise : value;
    }

    /** Without what could hide a password or change the meaning of a path put behind it. */
    private static URI url(String text, String option) {
        URI url = ServerUrl.read(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        if (url == null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw Failure.usage(
                    option + " (or its environment variable) is not a URL of a server",
                    "It is like http://localhost:9080 or https://push.example/context, without user, query or fragment.");
        }
        return url;
    }
}
