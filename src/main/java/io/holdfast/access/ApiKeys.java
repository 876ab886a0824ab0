package io.holdfast.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys of publishers, readers and administrators, each configured as {@code <role>:sha256:<64 hexadecimal digits>}.
 * Knows digests only and takes as long for a wrong key as for a right one, so that time tells nothing about keys. A fast
 * digest is right for keys that are random; it would not be for passwords that people choose.
 */
public final class ApiKeys {
    /** The form of an entry, for people. */
    public static final String SHAPE =
            "publisher:sha256:<64 hexadecimal digits>, with the role publisher, reader or admin"
                    + " and the digest of a random key (printf %s \"$KEY\" | openssl dgst -sha256 -r)";

    private static final Pattern ENTRY = Pattern.compile("(publisher|reader|admin):sha256:([0-9a-fA-F]{64})");

    private static final int DIGITS_OF_NAME = 8;

    /** One for each key. */
    private final List<Entry> entries;

    private record Entry(byte[] digest, Known known) {}

    private record Parsed(Role role, byte[] digest) {}

    /**
     * What is known of a key that was presented.
     *
     * @param roles empty for a key that is not configured
     * @param name for the audit: says which of the configured keys it is by the beginning of its digest, and nothing that would help
     *     to guess it, since keys are random. Empty for a key that is not configured
     */
    public record Known(Set<Role> roles, String name) {
        private static final Known NOTHING = new Known(Set.of(), "");
    }

    /** @throws IllegalArgumentException for an entry of another shape; its message says which one, and nothing of it */
    public ApiKeys(List<String> entries) {
        Map<String, Set<Role>> roles = new LinkedHashMap<>();
        int number = 0;
        for (String entry : entries) {
            Parsed parsed = parse(entry, ++number);
            roles.computeIfAbsent(HexFormat.of().formatHex(parsed.digest()), key -> EnumSet.noneOf(Role.class))
                    .add(parsed.role());
        }
        this.entries = roles.entrySet().stream()
                .map(key -> new Entry(
                        HexFormat.of().parseHex(key.getKey()),
                        new Known(
                                Collections.unmodifiableSet(key.getValue()),
                                "key " + key.getKey().substring(0, DIGITS_OF_NAME))))
                .toList();
    }

    /** An entry for a key. */
    public static String entry(Role role, String key) {
        return role.word() + ":sha256:" + HexFormat.of().formatHex(digest(key));
    }

    /** How many entries each role has. */
    public static Map<Role, Long> roles(List<String> entries) {
        return entries.stream()
                .map(entry -> parse(entry, 1).role())
                .collect(Collectors.groupingBy(
                        Function.identity(), () -> new EnumMap<>(Role.class), Collectors.counting()));
    }

    /** Looks a key up. Null and an empty key are not configured. */
    public Known find(@Nullable String key) {
        byte[] presented = digest(key == null ? "" : key);
        Known found = Known.NOTHING;
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest(), presented)) {
                found = entry.known();
            }
        }
        return found;
    }

    private static Parsed parse(String entry, int number) {
        Matcher matcher = ENTRY.matcher(entry);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("entry " + number + " does not have this form");
        }
        byte[] digest = HexFormat.of().parseHex(matcher.group(2));
        if (Arrays.equals(digest, digest(""))) {
            throw new IllegalArgumentException("entry " + number + " is the digest of an empty key");
        }
        return new Parsed(Role.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), digest);
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
