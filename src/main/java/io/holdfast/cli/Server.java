package io.holdfast.cli;

import io.holdfast.cli.Contexts.Context;
import io.holdfast.client.ApiClient;
import io.holdfast.client.ServerUrl;
import io.holdfast.client.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which server, and who asks. */
final class Server {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofHours(1);
    private static final int HEALTH_PORT = 8081;
    private static final String OF_HEALTH = "--health-url or HOLDFAST_HEALTH_URL";

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Option(names = Output.JSON, description = Output.JSON_TEXT)
    private boolean json;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description =
                    "The server and its key by name, see contexts. The default is HOLDFAST_CONTEXT, or else the current context,"
                            + " unless --url or HOLDFAST_URL names the server.")
    private @Nullable String contextName;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The URL of the gateway. The default is HOLDFAST_URL, or else the context's, or else http://localhost:9080.")
    private @Nullable String url;

    @Option(
            names = "--health-url",
            paramLabel = "URL",
            description =
                    "The URL of the gateway's health report. The default is HOLDFAST_HEALTH_URL or that of the context, or else port 8081"
                            + " of the gateway's host.")
    private @Nullable String healthUrl;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description =
                    "A file that contains only the API key. The default is the context's key, or else HOLDFAST_API_KEY, or else, on"
                            + " loopback, the key 'dev' of insecure mode.")
    private @Nullable Path apiKeyFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "A file with certificates in PEM that are trusted for https, instead of those that Java trusts.")
    private @Nullable Path caFile;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Time.class,
            description = "How long to wait for an answer, such as 2.5s or 5m (${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ZERO;

    private @Nullable Context context;

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
        return new Api(base, key(base), wanted.compareTo(least) < 0 ? least : wanted, trust(), Refusals.OF_GATEWAY);
    }

    /** Without a key: the report is for everybody, and its port may be somebody else's. */
    Api health() {
        return health(MOST);
    }

    /** @param most for calls that are not worth a long wait */
    Api health(Duration most) {
        Duration limit = limit().compareTo(most) < 0 ? limit() : most;
        String given = healthUrl != null ? healthUrl : ofContext(Context::healthUrl, "HOLDFAST_HEALTH_URL");
        if (!given.isEmpty()) {
            return new Api(url(given, "--health-url"), "", limit, trust(), OF_HEALTH);
        }
        return new Api(URI.create("http://" + base().getHost() + ":" + HEALTH_PORT), "", limit, trust(), OF_HEALTH);
    }

    Trust trust() {
        String ofContext = context().caFile();
        return trust(caFile != null || ofContext.isEmpty() ? caFile : Path.of(ofContext));
    }

    static Trust trust(@Nullable Path file) {
        try {
            return file == null ? Trust.ofJava() : Trust.of(file);
        } catch (IOException e) {
            throw Failure.usage(
                    "The file " + file + " cannot be read, or contains no certificates",
                    "Give certificates in PEM (-----BEGIN CERTIFICATE-----).");
        }
    }

    URI base() {
        if (url != null) {
            return url(url, "--url");
        }
        String given = ofContext(Context::url, "HOLDFAST_URL");
        return url(given.isEmpty() ? "http://localhost:9080" : given, "--url");
    }

    Duration limit() {
        if (timeout.compareTo(LEAST) < 0 || timeout.compareTo(MOST) > 0) {
            throw Failure.usage("--timeout must be from 1ms to 1h", "Give a time, such as 2.5s or 5m.");
        }
        return timeout;
    }

    private String key(URI base) {
        String key = apiKeyFile != null ? Input.secret(apiKeyFile) : context().key();
        key = key.isEmpty() ? surroundings().environment("HOLDFAST_API_KEY") : key;
        if (!ApiClient.isKey(key)) {
            throw Failure.usage(
                    "The API key contains blanks or other invalid characters",
                    "Check HOLDFAST_API_KEY, the content of the file, or what the context's command prints.");
        }
        return key.isEmpty() && LOOPBACK.contains(base.getHost()) ? "dev" : key;
    }

    /** The context's value, or without a context the variable's. */
    private String ofContext(Function<Context, String> value, String variable) {
        return context().name().isEmpty() ? surroundings().environment(variable) : value.apply(context());
    }

    /** The context that says which server; {@link Context#NONE} if an option or variable says it, or nothing. */
    Context context() {
        if (context == null) {
            context = chosen();
        }
        return context;
    }

    /** A context's key never goes to another URL than the context's. */
    private Context chosen() {
        String variable = surroundings().environment("HOLDFAST_CONTEXT");
        if (contextName != null && url != null) {
            throw Failure.usage("--context and --url both say which server it is", "Leave one of them out.");
        } else if (contextName != null) {
            return Contexts.of(surroundings()).get(contextName);
        } else if (url != null) {
            return Context.NONE;
        } else if (!surroundings().environment("HOLDFAST_URL").isEmpty()) {
            if (!variable.isEmpty()) {
                throw Failure.usage(
                        "HOLDFAST_CONTEXT and HOLDFAST_URL both say which server it is",
                        "Unset one of them, or give --context or --url.");
            }
            return Context.NONE;
        }
        Contexts contexts = Contexts.of(surroundings());
        String name = variable.isEmpty() ? contexts.current() : variable;
        return name.isEmpty() ? Context.NONE : contexts.get(name);
    }

    /** Without what could hide a password or change the meaning of a path put behind it. */
    static URI url(String text, String option) {
        URI url = ServerUrl.read(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        if (url == null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw Failure.usage(
                    option + " (or its environment variable) is not a URL of a server",
                    "It is like http://localhost:9080 or https://push.example/context, without user, query or fragment.");
        }
        return url;
    }
}
