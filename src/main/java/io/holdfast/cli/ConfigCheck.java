package io.holdfast.cli;

import io.holdfast.cli.Finding.Level;
import io.holdfast.cli.ServerXml.Setting;
import io.holdfast.cli.Settings.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private final Map<String, String> environment;
    private final Settings settings;
    private final Catalogue catalogue;
    private final List<Finding> findings = new ArrayList<>();

    ConfigCheck(ServerXml xml, Map<String, String> environment) {
        this.xml = xml;
        this.environment = environment;
        this.settings = new Settings(xml.settings(), environment);
        this.catalogue = new Catalogue(namespaces());
    }

    private List<String> namespaces() {
        return Arrays.stream(text("holdfast.namespaces").split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    List<Finding> run() {
        xml.includes()
                .forEach(include -> add(
                        Level.NOTE,
                        include.where(),
                        "",
                        "the include " + include.value()
                                + " is not followed; give that file as well, behind this one"));
        unknownSettings();
        unknownVariables();
        values();
        access();
        findings.addAll(new ServerCheck(xml, settings).run());
        return findings;
    }

    private void unknownSettings() {
        for (Setting setting : xml.settings()) {
            String name = setting.name();
            if (catalogue.find(name) != null) {
                continue;
            }
            String nearest = catalogue.nearest(name);
            if (name.startsWith(OURS)) {
                add(Level.ERROR, setting.where(), name, "there is no such key" + unknown(name, nearest));
            } else if (nearest.startsWith(OURS) && Catalogue.distance(name, nearest) <= 2) {
                add(
                        Level.WARNING,
                        setting.where(),
                        name,
                        "the gateway does not read this; did you mean " + nearest + "?");
            }
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
        for (String name : environment.keySet()) {
            boolean used =
                    xml.settings().stream().anyMatch(setting -> setting.value().contains("${env." + name + "}"));
            if (name.startsWith(VARIABLES) && !known.containsKey(name) && !OWN_VARIABLES.contains(name) && !used) {
                String nearest = catalogue.nearest(name.toLowerCase(Locale.ROOT).replace('_', '.'));
                add(
                        Level.WARNING,
                        "environment",
                        name,
                        "no key has this name in the environment"
                                + (nearest.isEmpty()
                                        ? "; see docs/configuration.md"
                                        : "; did you mean " + KnownKey.variable(nearest) + "?"));
            }
        }
    }

    private void values() {
        Set<KnownKey> set = new LinkedHashSet<>(catalogue.all());
        for (KnownKey key : set) {
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
        if (environment.containsKey(key.variable()) && !value.where().startsWith("environment")) {
            add(
                    Level.NOTE,
                    value.where(),
                    key.name(),
                    key.variable() + " in the environment does not count: what is written here goes before it");
        }
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
