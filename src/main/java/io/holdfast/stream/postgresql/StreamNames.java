package io.holdfast.stream.postgresql;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The streams of one call, in the order of their names' bytes, in which the database locks them. */
final class StreamNames {
    private final List<String> sorted;
    private final byte[][] utf8;
    private final Map<String, Integer> indexes = new HashMap<>();

    /** @param names in any order, with repetitions */
    StreamNames(Collection<String> names) {
        Map<String, byte[]> distinct = new HashMap<>();
        names.forEach(name -> distinct.computeIfAbsent(name, Encoding::utf8));
        List<Map.Entry<String, byte[]>> entries = distinct.entrySet().stream()
                .sorted((a, b) -> Arrays.compareUnsigned(a.getValue(), b.getValue()))
                .toList();
        sorted = entries.stream().map(Map.Entry::getKey).toList();
        utf8 = entries.stream().map(Map.Entry::getValue).toArray(byte[][]::new);
        for (int i = 0; i < sorted.size(); i++) {
            indexes.put(sorted.get(i), i);
        }
    }

    int size() {
        return sorted.size();
    }

    byte[][] utf8() {
        return utf8;
    }

    String name(int index) {
        return sorted.get(index);
    }

    /** From 0; SQL counts from 1. */
    int indexOf(String name) {
        Integer index = indexes.get(name);
        if (index == null) {
            throw new IllegalArgumentException("not a stream of this call: " + name);
        }
        return index;
    }
}
