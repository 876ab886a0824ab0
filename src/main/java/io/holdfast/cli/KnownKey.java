package io.holdfast.cli;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key of the server's configuration, and which values it takes.
 *
 * @param allowed the least and the most of a number or time, else every choice; empty where the key decides
 */
record KnownKey(String name, String unit, String defaultValue, List<String> allowed) {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+");
    private static final Pattern API_KEY = Pattern.compile("(publisher|reader|admin):sha256:[0-9a-fA-F]{64}");
    private static final Pattern ORIGIN = Pattern.compile(
            "\\*|null|(?!wss?:)[a-z][a-z0-9+.-]{0,62}://(\\[[0-9a-f:.]{2,45}]|[^\\s/?#@:\\[\\]]{1,253})(:[0-9]{1,5})?/?"
                    + "|(?!https?:|wss?:)[a-z][a-z0-9+.-]{0,62}://",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern SECURE_URL =
            Pattern.compile("https://[^/\\s]+\\S*|http://(localhost|127\\.0\\.0\\.1|\\[::1])([:/]\\S*)?");
    private static final Set<String> SWITCH = Set.of("true", "on", "yes", "false", "off", "no");
    private static final Set<String> ALGORITHMS = Set.of(
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA", "Ed25519");
    private static final int MIN_SECRET_BYTES = 32;

    /** The name in the environment. */
    String variable() {
        return variable(name);
    }

    static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    KnownKey named(String other) {
        return new KnownKey(other, unit, defaultValue, allowed);
    }

    boolean isSecret() {
        return name.endsWith("hmac-secret") || name.equals("holdfast.api.keys") || name.endsWith("public-key");
    }

    /** What is allowed, if this value is not; null if it is. */
    @Nullable
    String refusal(String given) {
        String value = given.strip();
        if (allowed.isEmpty()) {
            return value.isEmpty() ? null : refusalOfText(value);
        }
        String least = allowed.get(0);
        String most = allowed.get(allowed.size() - 1);
        if (least.startsWith("P")) {
            return isTime(value, least, most) ? null : "seconds or an ISO-8601 duration from " + least + " to " + most;
        }
        if (NUMBER.matcher(least).matches()) {
            return isNumber(value, least, most) ? null : "a whole number from " + least + " to " + most;
        }
        if (unit.equals("switch")) {
            return SWITCH.contains(value.toLowerCase(Locale.ROOT)) ? null : "true or false";
        }
        return allowed.contains(value) ? null : "one of " + String.join(", ", allowed);
    }

    private static boolean isNumber(String value, String least, String most) {
        try {
            long number = Long.parseLong(value);
            return number >= Long.parseLong(least) && number <= Long.parseLong(most);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isTime(String value, String least, String most) {
        try {
            Duration time = value.toUpperCase(Locale.ROOT).startsWith("P")
                    ? Duration.parse(value)
                    : Duration.ofMillis(new BigDecimal(value).movePointRight(3).longValueExact());
            return time.compareTo(Duration.parse(least)) >= 0 && time.compareTo(Duration.parse(most)) <= 0;
        } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
            return false;
        }
    }

    private @Nullable String refusalOfText(String value) {
        if (name.endsWith("hmac-secret")) {
            return value.getBytes(StandardCharsets.UTF_8).length >= MIN_SECRET_BYTES
                    ? null
                    : "at least " + MIN_SECRET_BYTES + " bytes";
        }
        return switch (unit) {
            case "URL" -> SECURE_URL.matcher(value).matches() ? null : "an https URL (http on loopback only)";
            case "JSON pointer" -> value.startsWith("/") ? null : "a JSON pointer (RFC 6901), for instance /order/id";
            case "time zone" ->
                ZoneId.getAvailableZoneIds().contains(value)
                        ? null
                        : "the id of a time zone, such as Australia/Melbourne or UTC";
            case "list" -> refusalOfList(value);
            default -> null;
        };
    }

    private @Nullable String refusalOfList(String value) {
        List<String> elements = Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
        return switch (name) {
            case "holdfast.api.keys" ->
                elements.stream().allMatch(API_KEY.asMatchPredicate())
                        ? null
                        : "entries like publisher:sha256:<64 hexadecimal digits>, with the role publisher, reader or admin;"
                                + " never a key itself";
            case "holdfast.origins" ->
                elements.stream().allMatch(ORIGIN.asMatchPredicate())
                        ? null
                        : "* or origins like https://shop.example:8443, capacitor://localhost or null, separated by commas";
            case "holdfast.namespaces" ->
                elements.stream().allMatch(NAMESPACE.asMatchPredicate())
                                && elements.stream().distinct().count() == elements.size()
                        ? null
                        : "different names of 1 to 64 letters, digits, - or _ each";
            case "holdfast.token.algorithms" ->
                ALGORITHMS.containsAll(elements)
                        ? null
                        : "some of " + ALGORITHMS.stream().sorted().toList();
            default -> null;
        };
    }
}
