package io.holdfast.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every key of the server's configuration, from {@code keys.tsv}, which a test compares with what the server reads: this
 * program has no server in it.
 */
final class Catalogue {
    private static final String FILE = "keys.tsv";
    private static final String CHANNELS = "holdfast.channels.";
    private static final String NAMESPACE = "holdfast.namespace.";
    private static final int COLUMNS = 4;

    private final Map<String, KnownKey> keys = new LinkedHashMap<>();

    /** @param namespaces whose keys exist too */
    Catalogue(List<String> namespaces) {
        for (KnownKey key : load()) {
            keys.put(key.name(), key);
            if (key.name().startsWith(CHANNELS)) {
                for (String namespace : namespaces) {
                    String name = NAMESPACE + namespace + "." + key.name().substring(CHANNELS.length());
                    keys.put(name, key.named(name));
                }
            }
        }
    }

    private static List<KnownKey> load() {
        List<KnownKey> keys = new ArrayList<>();
        try (InputStream in = Catalogue.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing in this jar");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.startsWith("#")) {
                    String[] cells = line.split("\t", COLUMNS);
                    keys.add(new KnownKey(
                            cells[0],
                            cells[1],
                            cells[2],
                            cells[3].isEmpty() ? List.of() : List.of(cells[3].split(" "))));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    List<KnownKey> all() {
        return List.copyOf(keys.values());
    }

    @Nullable
    KnownKey find(String name) {
        return keys.get(name);
    }

    /** The known name that is most like this one; empty if none is. */
    String nearest(String name) {
        String best = "";
        int least = Math.max(2, name.length() / 4) + 1;
        for (String known : keys.keySet()) {
            int distance = distance(name, known);
            if (distance < least) {
                least = distance;
                best = known;
            }
        }
        return best;
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    static int distance(String one, String other) {
        int[] last = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = last[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(last[j], row[j - 1]) + 1);
            }
            last = row;
        }
        return last[other.length()];
    }
}
