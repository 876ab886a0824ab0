package io.holdfast.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    private final List<Entry> entries;

    private record Entry(Role role, byte[] digest) {}

    /** @throws IllegalArgumentException for an entry of another shape; its message says which one, and nothing of it */
    public ApiKeys(List<String> entries) {
        List<Entry> parsed = new ArrayList<>();
        for (String entry : entries) {
            parsed.add(parse(entry, parsed.size() + 1));
        }
        this.entries = List.copyOf(parsed);
    }

    /** An entry for a key. */
    public static String entry(Role role, String key) {
        return role.word() + ":sha256:" + HexFormat.of().formatHex(digest(key));
    }

    /** The roles of a key; none for null, an empty key, and a key that is not configured. */
    public Set<Role> roles(@Nullable String key) {
        byte[] presented = digest(key == null ? "" : key);
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.digest(), presented)) {
                roles.add(entry.role());
            }
        }
        return key == null ? Set.of() : roles;
    }

    private static Entry parse(String entry, int number) {
        Matcher matcher = ENTRY.matcher(entry);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("entry " + number + " does not have this form");
        }
        byte[] digest = HexFormat.of().parseHex(matcher.group(2));
        if (Arrays.equals(digest, digest(""))) {
            throw new IllegalArgumentException("entry " + number + " is the digest of an empty key");
        }
        return new Entry(Role.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)), digest);
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
