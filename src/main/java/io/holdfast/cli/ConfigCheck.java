package io.holdfast.cli;

import io.holdfast.cli.ConfigFiles.Place;
import io.holdfast.cli.ConfigFiles.Setting;
import io.holdfast.configuration.KnownKey;
import io.holdfast.configuration.NearestKey;
import io.holdfast.configuration.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;

/** Compares the settings that were read with the keys that the gateway has. */
final class ConfigCheck {
    private final ConfigFiles files;
    private final Map<String, KnownKey> keys;
    private final NearestKey nearest;
    private final List<Finding> findings = new ArrayList<>();

    /** @param level error: an unknown key or a bad value; warning: something may not work, or is open; note: not checked */
    record Finding(String level, String where, String key, String message) {}

    ConfigCheck(ConfigFiles files) {
        this.files = files;
        this.keys = KnownKey.all(Values.list(value("holdfast.namespaces")));
        this.nearest = new NearestKey(keys.keySet());
    }

    List<Finding> run() {
        files.all().forEach(this::checkName);
        keys.values().forEach(key -> files.find(key.name()).ifPresent(setting -> checkValue(key, setting)));
        checkAccess();
        return findings;
    }

    /** Every key that is set, with the value that is used. */
    List<Finding> values() {
        return keys.values().stream()
                .flatMap(key -> files.find(key.name()).stream()
                        .filter(used -> !files.resolve(used).isEmpty())
                        .map(used -> new Finding("value", used.where(), key.name(), shown(key, files.resolve(used)))))
                .toList();
    }

    private String value(String key) {
        return files.find(key).map(files::resolve).orElse("");
    }

    private void add(String level, Setting setting, String key, String message) {
        findings.add(new Finding(level, setting.where(), key, message));
    }

    private void checkName(Setting setting) {
        boolean environment = setting.place() == Place.ENVIRONMENT;
        String name = environment ? setting.name().substring(ConfigFiles.ENV.length()) : setting.name();
        if (setting.place() == Place.INCLUDE) {
            add("note", setting, "", "the include " + setting.value() + " is not read; name it as a further FILE");
        } else if (environment ? name.startsWith(NearestKey.VARIABLES) && !isUsed(name) : !keys.containsKey(name)) {
            unknown(setting, name, environment);
        }
    }

    private boolean isUsed(String variable) {
        return nearest.isVariable(variable)
                || files.all().anyMatch(setting -> setting.value().contains("${env." + variable + "}"));
    }

    private void unknown(Setting setting, String name, boolean environment) {
        String key = environment ? NearestKey.key(name) : name;
        if (NearestKey.isOfNamespace(key) && hasReference(value("holdfast.namespaces"))) {
            add("note", setting, name, "not checked: holdfast.namespaces cannot be resolved here");
        } else if (environment) {
            String advice = nearest.adviceForVariable(name);
            add("warning", setting, name, "no key has this name in the environment; " + advice);
        } else if (key.startsWith(NearestKey.KEYS)) {
            add("error", setting, name, "there is no such key; " + nearest.adviceForKey(key));
        } else {
            nearest.near(key, NearestKey.TYPING_ERROR)
                    .filter(near -> near.startsWith(NearestKey.KEYS))
                    .ifPresent(near -> add(
                            "warning", setting, name, "the gateway does not read this; did you mean " + near + "?"));
        }
    }

    private static boolean hasReference(String resolved) {
        return ConfigFiles.REFERENCE.matcher(resolved).find();
    }

    private void checkValue(KnownKey key, Setting setting) {
        String value = files.resolve(setting);
        if (value.isEmpty()) {
            return; // Not set; and what other places have for the key does not count, as in the server.
        }
        Matcher reference = ConfigFiles.REFERENCE.matcher(value);
        if (reference.find()) {
            // A text of which nothing is checked often refers to the server's own directories: no note for these.
            if (key.isChecked() || value.contains("${env.")) {
                add("note", setting, key.name(), "not checked: " + reference.group() + " cannot be resolved here");
            }
            return;
        }
        try {
            key.check(value);
        } catch (IllegalArgumentException e) {
            String given = "has the value '" + shown(key, value) + "'";
            add("error", setting, key.name(), given + "; allowed is " + e.getMessage());
        }
    }

    private static String shown(KnownKey key, String value) {
        return key.isSecret() ? "(hidden)" : value;
    }

    /** Nothing is open by default, and that is easily forgotten. */
    private void checkAccess() {
        if (List.of("true", "on", "yes").contains(value("holdfast.insecure").toLowerCase(Locale.ROOT))) {
            warn("holdfast.insecure", "for development only: without holdfast.api.keys, the API key is dev");
            return;
        }
        String keys = value("holdfast.token.hmac-secret")
                + value("holdfast.token.public-key")
                + value("holdfast.token.jwks-url");
        boolean onlyTokens = List.of("", "token").contains(value("holdfast.identity"));
        if (keys.isEmpty() && onlyTokens) {
            warn("holdfast.token.hmac-secret", "no client may connect: set this, or public-key or jwks-url");
        }
        if (value("holdfast.api.keys").isEmpty()) {
            warn("holdfast.api.keys", "nobody may use /api with a key: set it (docs/api.md)");
        }
    }

    private void warn(String key, String message) {
        String where = files.find(key).map(Setting::where).orElse("");
        findings.add(new Finding("warning", where, key, message));
    }
}
