package io.holdfast.cli;

import io.holdfast.cli.Finding.Level;
import io.holdfast.cli.ServerProcess.Sourced;
import io.holdfast.cli.Settings.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares what is configured with what the gateway reads: keys, values, and what no key says alone. */
final class ConfigCheck {
    private static final String OURS = "holdfast.";
    private static final String VARIABLES = "HOLDFAST_";

    /** Of this program and not of the server. */
    private static final Set<String> OWN_VARIABLES = Set.of(
            "HOLDFAST_URL", "HOLDFAST_HEALTH_URL", "HOLDFAST_API_KEY", "HOLDFAST_TOKEN", "HOLDFAST_SUBSCRIPTION_TOKEN");

    private final ServerXml xml;
    private final ServerProcess process;
    private final Settings settings;
    private final Catalogue catalogue;
    private final List<Finding> findings = new ArrayList<>();

    ConfigCheck(ServerXml xml, ServerProcess process) {
        this.xml = xml;
        this.process = process;
        this.settings = new Settings(xml.settings(), process);
        this.catalogue = new Catalogue(namespaces());
    }

    private List<String> namespaces() {
        return Arrays.stream(text("holdfast.namespaces").split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    List<Finding> run() {
        findings.addAll(xml.findings());
        unknownSettings();
        unknownVariables();
        values();
        access();
        findings.addAll(new ServerCheck(xml, settings).run());
        return findings;
    }

    /** A key that is set. @param value what counts, no secret @param where file and line, or the environment */
    record Given(String key, String value, String where) {}

    private void unknownSettings() {
        xml.written().forEach(setting -> unknownSetting(setting.name(), setting.where()));
        process.properties().forEach((name, sourced) -> unknownSetting(name, sourced.where()));
    }

    private void unknownSetting(String name, String where) {
        if (catalogue.find(name) != null) {
            return;
        }
        String nearest = catalogue.nearest(name);
        if (name.startsWith(OURS)) {
            add(Level.ERROR, where, name, "there is no such key" + unknown(name, nearest));
        } else if (nearest.startsWith(OURS) && Catalogue.distance(name, nearest) <= 2) {
            add(Level.WARNING, where, name, "the gateway does not read this; did you mean " + nearest + "?");
        }
    }

    private static String unknown(String name, String nearest) {
        if (name.startsWith("holdfast.namespace.")) {
            return "; its namespace must be in holdfast.namespaces, and the rest be as in holdfast.channels.*";
        }
        return nearest.isEmpty() ? "; see docs/configuration.md" : "; did you mean " + nearest + "?";
    }

    private void unknownVariables() {
        Map<String, String> known = new LinkedHashMap<>();
        catalogue.all().forEach(key -> known.put(key.variable(), key.name()));
        for (Map.Entry<String, Sourced> given : process.environment().entrySet()) {
            String name = given.getKey();
            boolean used =
                    xml.written().stream().anyMatch(setting -> setting.value().contains("${env." + name + "}"));
            if (name.startsWith(VARIABLES) && !known.containsKey(name) && !OWN_VARIABLES.contains(name) && !used) {
                String nearest = catalogue.nearest(name.toLowerCase(Locale.ROOT).replace('_', '.'));
                add(
                        Level.WARNING,
                        given.getValue().where().startsWith("environment ")
                                ? "environment"
                                : given.getValue().where(),
                        name,
                        "no key has this name in the environment"
                                + (nearest.isEmpty()
                                        ? "; see docs/configuration.md"
                                        : "; did you mean " + KnownKey.variable(nearest) + "?"));
            }
        }
    }

    private void values() {
        for (KnownKey key : catalogue.all()) {
            Value value = settings.find(key.name());
            if (value == null) {
                continue;
            }
            if (!value.unresolved().isEmpty()) {
                if (value.unresolved().startsWith("${env.")) {
                    add(
                            Level.NOTE,
                            value.where(),
                            key.name(),
                            "not checked: " + value.unresolved() + " is not set in this environment");
                }
                continue;
            }
            String allowed = key.refusal(value.text());
            if (allowed != null) {
                String shown = key.isSecret() ? "(hidden)" : value.text();
                add(Level.ERROR, value.where(), key.name(), "has the value '" + shown + "'; allowed is " + allowed);
            }
            shadowed(key, value);
        }
    }

    private void shadowed(KnownKey key, Value value) {
        Sourced other = settings.fromEnvironment(key.name());
        if (other != null && !other.where().equals(value.where())) {
            String place = other.where().startsWith("environment ") ? "the environment" : other.where();
            add(
                    Level.NOTE,
                    value.where(),
                    key.name(),
                    key.variable() + " in " + place + " does not count: what is written here goes before it");
        }
    }

    /** Every key that is set, with the value that counts. */
    List<Given> given() {
        List<Given> given = new ArrayList<>();
        for (KnownKey key : catalogue.all()) {
            Value value = settings.find(key.name());
            if (value != null) {
                given.add(new Given(key.name(), key.isSecret() ? "(hidden)" : value.text(), value.where()));
            }
        }
        return given;
    }

    /** Nothing is open by default, and that is easily forgotten. */
    private void access() {
        boolean insecure =
                Set.of("true", "on", "yes").contains(text("holdfast.insecure").toLowerCase(Locale.ROOT));
        if (insecure) {
            add(
                    Level.WARNING,
                    where("holdfast.insecure"),
                    "holdfast.insecure",
                    "for development only: clients name themselves, and without holdfast.api.keys the key is dev");
            return;
        }
        if (!text("holdfast.identity").equals("container")
                && text("holdfast.token.hmac-secret").isEmpty()
                && text("holdfast.token.public-key").isEmpty()
                && text("holdfast.token.jwks-url").isEmpty()) {
            add(
                    Level.WARNING,
                    "",
                    "holdfast.token.hmac-secret",
                    "no client may connect: set this, holdfast.token.public-key or holdfast.token.jwks-url");
        }
        if (text("holdfast.api.keys").isEmpty()) {
            add(Level.WARNING, "", "holdfast.api.keys", "nobody may use /api with a key: set it (docs/api.md)");
        }
    }

    private String text(String key) {
        Value value = settings.find(key);
        return value == null ? "" : value.text().strip();
    }

    private String where(String key) {
        @Nullable Value value = settings.find(key);
        return value == null ? "" : value.where();
    }

    private void add(Level level, String where, String key, String message) {
        findings.add(new Finding(level, where, key, message));
    }
}
