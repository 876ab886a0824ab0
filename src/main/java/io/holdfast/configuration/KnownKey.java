package io.holdfast.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A key of the configuration, and which values it takes.
 *
 * @param unit as {@code docs/configuration.md} has it
 * @param allowed the smallest and the largest number or time, or all choices; empty for other texts
 * @param pattern of the value, or of each item of a list; empty for any
 * @param patternAllows the same in words
 */
public record KnownKey(String name, String unit, List<String> allowed, String pattern, String patternAllows) {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+");
    private static final String CHANNELS = "holdfast.channels.";

    /** Every key by its name, from {@code keys.tsv}, with the keys of these namespaces. */
    public static Map<String, KnownKey> all(List<String> namespaces) {
        Map<String, KnownKey> keys = new LinkedHashMap<>();
        for (String line : table().split("\n", -1)) {
            if (line.startsWith("#") || line.isEmpty()) {
                continue;
            }
            String[] cells = (line + "\t\t").split("\t", -1);
            keys.put(cells[0], of(cells[0], cells));
            if (line.startsWith(CHANNELS)) {
                for (String namespace : namespaces) {
                    String name = "holdfast.namespace." + namespace + "." + cells[0].substring(CHANNELS.length());
                    keys.put(name, of(name, cells));
                }
            }
        }
        return keys;
    }

    private static String table() {
        try (InputStream in = KnownKey.class.getResourceAsStream("keys.tsv")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KnownKey of(String name, String[] cells) {
        List<String> allowed = cells[3].isEmpty() ? List.of() : List.of(cells[3].split(" ", -1));
        return new KnownKey(name, cells[1], allowed, cells[4], cells[5]);
    }

    /** The name of a key in the environment. */
    public static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    /** Whether a value must not be printed. */
    public boolean isSecret() {
        return name.endsWith("secret")
                || name.endsWith("public-key")
                || name.endsWith("password")
                || name.equals("holdfast.api.keys");
    }

    /** Whether there are values that {@link #check} refuses. */
    public boolean isChecked() {
        return !allowed.isEmpty() || !pattern.isEmpty() || unit.equals("time zone");
    }

    /** Checks a value. @throws IllegalArgumentException that says what is allowed, if it is not; never with the value */
    public void check(String value) {
        if (allowed.isEmpty()) {
            checkText(value);
        } else if (allowed.get(0).startsWith("P")) {
            Values.time(value, Duration.parse(allowed.get(0)), Duration.parse(allowed.get(1)));
        } else if (NUMBER.matcher(allowed.get(0)).matches()) {
            Values.number(value, Long.parseLong(allowed.get(0)), Long.parseLong(allowed.get(1)));
        } else if (unit.equals("switch")) {
            Values.flag(value);
        } else {
            Values.choice(value, allowed);
        }
    }

    private void checkText(String value) {
        if (unit.equals("time zone") && !value.isEmpty()) {
            Values.zone(value);
        }
        List<String> items = unit.equals("list") || value.isEmpty() ? Values.list(value) : List.of(value);
        boolean repeated =
                name.equals("holdfast.namespaces") && Set.copyOf(items).size() < items.size();
        if (!pattern.isEmpty() && (repeated || !items.stream().allMatch(this::matches))) {
            throw new IllegalArgumentException(patternAllows);
        }
    }

    /** Compares the bytes in UTF-8, each as one character: the lengths in the patterns are in bytes. */
    private boolean matches(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1).matches(pattern);
    }
}
