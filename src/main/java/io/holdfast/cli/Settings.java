package io.holdfast.cli;

import io.holdfast.cli.ServerProcess.Sourced;
import io.holdfast.cli.ServerXml.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which value counts, as MicroProfile Config and Liberty have it: a property of the application, a variable's value, a
 * system property, the environment, a variable's default value. References ({@code ${name}}, {@code ${env.NAME}}) are
 * resolved.
 */
final class Settings {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^${}]+)}");
    private static final int MAX_DEPTH = 8;

    private final Map<String, Setting> properties = new LinkedHashMap<>();
    private final Map<String, Setting> values = new LinkedHashMap<>();
    private final Map<String, Setting> defaults = new LinkedHashMap<>();
    private final ServerProcess process;

    /** A value that counts. @param unresolved the first reference in it that means nothing here; empty if there is none */
    record Value(String text, String where, String unresolved) {}

    Settings(List<Setting> settings, ServerProcess process) {
        for (Setting setting : settings) {
            (setting.property() ? properties : setting.byDefault() ? defaults : values).put(setting.name(), setting);
        }
        this.process = process;
    }

    /** Null if nothing is set. */
    @Nullable
    Value find(String key) {
        Setting setting = properties.containsKey(key) ? properties.get(key) : values.get(key);
        if (setting != null) {
            return resolve(setting.value(), setting.where());
        }
        Sourced given = fromProcess(key);
        if (given != null) {
            return new Value(given.value(), given.where(), "");
        }
        setting = defaults.get(key);
        return setting == null ? null : resolve(setting.value(), setting.where());
    }

    private @Nullable Sourced fromProcess(String key) {
        Sourced property = process.properties().get(key);
        return property == null ? fromEnvironment(key) : property;
    }

    /** What the environment says of a key, whether it counts or not; null if nothing. */
    @Nullable
    Sourced fromEnvironment(String key) {
        for (String name : List.of(key, key.replaceAll("[^A-Za-z0-9]", "_"), KnownKey.variable(key))) {
            Sourced value = process.environment().get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** A text of the file with its references resolved. */
    Value resolve(String text, String where) {
        String resolved = text;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            Matcher matcher = REFERENCE.matcher(resolved);
            if (!matcher.find()) {
                return new Value(resolved, where, "");
            }
            String found = reference(matcher.group(1));
            if (found == null) {
                return new Value(resolved, where, matcher.group());
            }
            resolved = resolved.substring(0, matcher.start()) + found + resolved.substring(matcher.end());
        }
        return new Value(resolved, where, "a circle of references");
    }

    private @Nullable String reference(String name) {
        if (name.startsWith("env.")) {
            Sourced value = process.environment().get(name.substring("env.".length()));
            return value == null ? null : value.value();
        }
        Setting setting = values.get(name);
        if (setting != null) {
            return setting.value();
        }
        Sourced given = fromProcess(name);
        if (given != null) {
            return given.value();
        }
        setting = defaults.get(name);
        return setting == null ? null : setting.value();
    }
}
