package io.holdfast.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Says what was probably meant by a name that is not a key's. Immutable; any thread. */
public final class NearestKey {
    /** How the keys of the gateway begin. Its port for health is older. */
    public static final String KEYS = "holdfast.";

    /** How their names in the environment begin. */
    public static final String VARIABLES = "HOLDFAST_";

    /** At most this many wrong letters. */
    public static final int TYPING_ERROR = 2;

    private static final String NAMESPACE = "holdfast.namespace.";

    /** Variables of the command line and not of the server. */
    private static final Set<String> OF_COMMAND_LINE = Set.of(
            "HOLDFAST_URL",
            "HOLDFAST_HEALTH_URL",
            "HOLDFAST_API_KEY",
            "HOLDFAST_CONTEXT",
            "HOLDFAST_TOKEN",
            "HOLDFAST_SUBSCRIPTION_TOKEN");

    private final List<String> keys;
    private final Set<String> variables;

    /** @param keys all that there are, those of namespaces included */
    public NearestKey(Collection<String> keys) {
        this.keys = List.copyOf(keys);
        this.variables = keys.stream().map(KnownKey::variable).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a variable of the environment that begins with {@link #VARIABLES} is a key's or the command line's. */
    public boolean isVariable(String name) {
        return variables.contains(name) || OF_COMMAND_LINE.contains(name);
    }

    /** What to do about a key that does not exist. */
    public String adviceForKey(String unknown) {
        return advice(unknown).orElse(near(unknown).map(NearestKey::question).orElse("see docs/configuration.md"));
    }

    /** What to do about a variable of the environment that is no key's. */
    public String adviceForVariable(String unknown) {
        String key = key(unknown);
        return advice(key)
                .orElse(near(key).map(near -> question(KnownKey.variable(near))).orElse("see docs/configuration.md"));
    }

    /** The key that a variable of the environment would have, as far as that can be told. */
    public static String key(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** Whether it would be a key of a namespace. */
    public static boolean isOfNamespace(String key) {
        return key.startsWith(NAMESPACE);
    }

    private static Optional<String> advice(String key) {
        return isOfNamespace(key)
                ? Optional.of("its namespace must be in holdfast.namespaces, and the rest be as in holdfast.channels.*")
                : Optional.empty();
    }

    private static String question(String nearest) {
        return "did you mean " + nearest + "?";
    }

    /** First a typing error, then words left out or cut short ({@code data.dir}), then anything similar. */
    private Optional<String> near(String key) {
        return near(key, TYPING_ERROR)
                .or(() -> keys.stream()
                        .filter(known -> isShort(words(key), words(known)))
                        .min(Comparator.comparingInt(String::length)))
                .or(() -> near(key, key.length() / 4));
    }

    private static List<String> words(String key) {
        return List.of(key.split("[.-]", -1));
    }

    /** Whether each word begins one of the whole name, in its order. */
    private static boolean isShort(List<String> words, List<String> whole) {
        int found = 0;
        for (String word : whole) {
            if (found < words.size() && word.startsWith(words.get(found))) {
                found++;
            }
        }
        return found == words.size();
    }

    /** The nearest key, if at most this many letters differ. */
    public Optional<String> near(String key, int most) {
        String nearest = null;
        int least = most + 1;
        for (String known : keys) {
            int distance = distance(key, known);
            if (distance < least) {
                least = distance;
                nearest = known;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** How many letters must be inserted, removed or changed (Levenshtein). */
    public static int distance(String one, String other) {
        int[][] of = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                of[i][j] = i == 0 || j == 0 ? i + j : Math.min(of[i - 1][j], of[i][j - 1]) + 1;
                if (i > 0 && j > 0) {
                    int changed = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                    of[i][j] = Math.min(of[i][j], of[i - 1][j - 1] + changed);
                }
            }
        }
        return of[one.length()][other.length()];
    }
}
