package io.holdfast.cli;

import io.holdfast.client.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * JSON for people: an object as names and values below each other, an array of objects as a table. Knows nothing of what
 * the server answers but that a field {@code …_at} is a moment in milliseconds since 1970.
 */
final class Table {
    private static final String NOTHING = "-";
    private static final String GAP = "  ";

    private Table() {}

    /** The lines of a document. */
    static List<String> document(Json value) {
        List<String> lines = new ArrayList<>();
        if (value.isObject()) {
            object("", value, lines);
        } else if (isTable(value)) {
            lines.addAll(rows(value.items()));
        } else {
            lines.add(cell("", value));
        }
        return lines;
    }

    private static void object(String prefix, Json object, List<String> lines) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, List<Json>> tables = new LinkedHashMap<>();
        flatten(prefix, object, values, tables);
        int width = values.keySet().stream().mapToInt(Table::width).max().orElse(0);
        values.forEach((name, value) -> lines.add(padded(name, width) + GAP + value));
        boolean alone = values.isEmpty() && tables.size() == 1;
        tables.forEach((name, elements) -> {
            if (!alone) {
                lines.add("");
                lines.add(name + ":");
            }
            lines.addAll(rows(elements));
        });
    }

    private static void flatten(
            String prefix, Json object, Map<String, String> values, Map<String, List<Json>> tables) {
        object.fields().forEach((field, value) -> {
            String name = prefix + Printable.of(field);
            if (value.isObject() && !value.isEmptyObject()) {
                flatten(name + ".", value, values, tables);
            } else if (isTable(value)) {
                tables.put(name, value.items());
            } else {
                values.put(name, cell(field, value));
            }
        });
    }

    /** An empty array as well: it says that there are none. */
    private static boolean isTable(Json value) {
        return value.isArray() && value.items().stream().allMatch(Json::isObject);
    }

    static List<String> rows(List<Json> elements) {
        if (elements.isEmpty()) {
            return List.of("(none)");
        }
        Set<String> columns = new LinkedHashSet<>();
        List<Map<String, Json>> objects = elements.stream().map(Json::fields).toList();
        objects.forEach(object -> columns.addAll(object.keySet()));
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(Printable::of).toList());
        for (Map<String, Json> object : objects) {
            cells.add(columns.stream()
                    .map(column -> cell(column, object.getOrDefault(column, Json.ABSENT)))
                    .toList());
        }
        return aligned(cells);
    }

    private static List<String> aligned(List<List<String>> rows) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(i == 0 ? "" : GAP).append(padded(row.get(i), widths[i]));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String cell(String field, Json value) {
        if (value.isNull()) {
            return NOTHING;
        }
        if (value.isNumber()) {
            return field.endsWith("_at") ? moment(value.decimal()) : value.textOrNumber();
        }
        if (value.isText()) {
            return value.text().isEmpty() ? NOTHING : Printable.of(value.text());
        }
        return Printable.of(value.toString());
    }

    /** 0 stands for never. */
    private static String moment(BigDecimal millis) {
        long number = millis.longValue();
        return number == 0 ? NOTHING : Instant.ofEpochMilli(number).toString();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }
}
