package io.holdfast.protocol;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which publications of a channel a subscriber wants, by their tags (source: the public schema's {@code FilterNode}). A node compares
 * one tag, or joins others.
 *
 * @param op empty for a comparison, else {@code and}, {@code or} or {@code not}
 * @param key of the tag
 * @param cmp how it is compared
 * @param val with what
 * @param vals for {@code in} and {@code nin}
 * @param nodes that are joined
 */
public record TagFilter(String op, String key, String cmp, String val, List<String> vals, List<TagFilter> nodes)
        implements Predicate<Map<String, String>> {
    /** Nodes and values of one filter, which every publication is compared with. */
    static final int MAX_PARTS = 100;

    /** Nodes within each other, as deep as JSON may be. */
    static final int MAX_DEPTH = 64;

    private static final int MAX_NUMBER_LENGTH = 40;

    public TagFilter {
        vals = List.copyOf(vals);
        nodes = List.copyOf(nodes);
    }

    /** @throws InvalidFieldException if it is not a filter, or too large a one */
    public void check() throws InvalidFieldException {
        if (parts() > MAX_PARTS) {
            throw new InvalidFieldException("tf", "has more than " + MAX_PARTS + " nodes and values");
        }
        checkNode();
    }

    private int parts() {
        return 1 + vals.size() + nodes.stream().mapToInt(TagFilter::parts).sum();
    }

    private void checkNode() throws InvalidFieldException {
        boolean good = switch (op) {
            case "" -> nodes.isEmpty() && isComparison();
            case "and", "or" -> !nodes.isEmpty();
            case "not" -> nodes.size() == 1;
            default -> false;
        };
        if (!good) {
            throw new InvalidFieldException("tf", "is not a filter");
        }
        for (TagFilter node : nodes) {
            node.checkNode();
        }
    }

    private boolean isComparison() {
        return switch (cmp) {
            case "ex", "nex" -> true;
            case "in", "nin" -> !key.isEmpty() && !vals.isEmpty();
            case "eq", "neq", "sw", "ew", "ct", "lt", "lte", "gt", "gte" -> !key.isEmpty() && !val.isEmpty();
            default -> false;
        };
    }

    /** Whether a publication with these tags is wanted; of a filter that was checked. */
    @Override
    public boolean test(Map<String, String> tags) {
        return switch (op) {
            case "and" -> nodes.stream().allMatch(node -> node.test(tags));
            case "or" -> nodes.stream().anyMatch(node -> node.test(tags));
            case "not" -> !nodes.get(0).test(tags);
            default -> {
                String tag = tags.get(key);
                yield tag == null ? cmp.equals("neq") || cmp.equals("nex") || (isSet() && compares("")) : compares(tag);
            }
        };
    }

    /** For these, a tag that is missing is an empty one. */
    private boolean isSet() {
        return cmp.equals("in") || cmp.equals("nin");
    }

    private boolean compares(String tag) {
        return switch (cmp) {
            case "eq" -> tag.equals(val);
            case "neq" -> !tag.equals(val);
            case "in" -> vals.contains(tag);
            case "nin" -> !vals.contains(tag);
            case "ex" -> true;
            case "sw" -> tag.startsWith(val);
            case "ew" -> tag.endsWith(val);
            case "ct" -> tag.contains(val);
            case "lt", "lte", "gt", "gte" ->
                isNumber(tag) && isNumber(val) && compares(new BigDecimal(tag).compareTo(new BigDecimal(val)));
            default -> false;
        };
    }

    private boolean compares(int order) {
        return switch (cmp) {
            case "lt" -> order < 0;
            case "lte" -> order <= 0;
            case "gt" -> order > 0;
            default -> order >= 0;
        };
    }

    /** A decimal number without exponent. */
    private static boolean isNumber(String text) {
        int start = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
        int points = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                points++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return points <= 1 && text.length() - start > points && text.length() <= MAX_NUMBER_LENGTH;
    }
}
