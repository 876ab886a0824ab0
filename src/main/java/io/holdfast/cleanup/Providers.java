package io.holdfast.cleanup;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of resources, in the order in which they are cleaned. */
final class Providers {
    private static final Pattern KIND = Pattern.compile("[A-Za-z0-9-]{1,64}");

    private final Map<String, CleanupProvider> byKind = new LinkedHashMap<>();

    /** @throws IllegalArgumentException for a kind that is not well named, or provided twice */
    Providers(List<CleanupProvider> given) {
        given.stream()
                .sorted(Comparator.comparingInt(CleanupProvider::order).thenComparing(CleanupProvider::kind))
                .forEach(this::add);
    }

    private void add(CleanupProvider provider) {
        String kind = provider.kind();
        if (!KIND.matcher(kind).matches()) {
            throw new IllegalArgumentException("a kind has 1 to 64 letters, digits and -: " + kind);
        }
        if (byKind.putIfAbsent(kind, provider) != null) {
            throw new IllegalArgumentException("the kind " + kind + " is provided twice; rename one");
        }
    }

    Map<String, CleanupProvider> byKind() {
        return byKind;
    }

    @Nullable
    CleanupProvider find(String kind) {
        return byKind.get(kind);
    }

    /** Those of the wanted kinds, all if none is named. @throws CleanupRefusedException for an unknown one */
    List<CleanupProvider> of(List<String> kinds) {
        for (String kind : kinds) {
            if (!byKind.containsKey(kind)) {
                throw unknown(kind);
            }
        }
        return byKind.values().stream()
                .filter(provider -> kinds.isEmpty() || kinds.contains(provider.kind()))
                .toList();
    }

    CleanupRefusedException unknown(String kind) {
        return new CleanupRefusedException(
                CleanupRefusedException.Reason.INVALID,
                "There is no kind " + kind + "; there are " + String.join(", ", byKind.keySet()));
    }
}
