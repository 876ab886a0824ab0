package io.holdfast.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The directories of a Liberty server, told from where its {@code server.xml} lies; those that cannot be told are unknown. */
final class ServerDirectory {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^${}]+)}");
    private static final int MAX_DEPTH = 8;

    private final Path config;
    private final @Nullable Path user;
    private final @Nullable Path install;
    private final Map<String, Path> names = new LinkedHashMap<>();

    /** @param serverXml with or without directories before its name */
    ServerDirectory(Path serverXml) {
        config = parent(serverXml.toAbsolutePath().normalize());
        Path servers = config.getParent();
        user = servers != null && String.valueOf(servers.getFileName()).equals("servers") ? servers.getParent() : null;
        Path above = user == null ? null : user.getParent();
        install = above != null && Files.exists(above.resolve("bin/server")) ? above : null;
        names.put("server.config.dir", config);
        names.put("server.output.dir", config);
        if (user != null) {
            names.put("wlp.user.dir", user);
            names.put("shared.config.dir", user.resolve("shared/config"));
            names.put("shared.app.dir", user.resolve("shared/apps"));
            names.put("shared.resource.dir", user.resolve("shared/resources"));
        }
        if (install != null) {
            names.put("wlp.install.dir", install);
        }
    }

    static Path parent(Path absolute) {
        Path parent = absolute.getParent();
        return parent == null ? absolute : parent;
    }

    Path config() {
        return config;
    }

    /** Null if the server does not lie in a user directory of Liberty. */
    @Nullable
    Path user() {
        return user;
    }

    @Nullable
    Path install() {
        return install;
    }

    /** Null if Liberty has no directory of this name, or none that can be told from here. */
    @Nullable
    String named(String name) {
        Path path = names.get(name);
        return path == null ? null : path.toString();
    }

    /** What a name means before the configuration is read; null if nothing. */
    interface Names {
        @Nullable
        String value(String name);
    }

    /** A text with its references resolved, as far as they mean something. */
    static String resolve(String text, Names meaning) {
        String resolved = text;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            StringBuilder next = new StringBuilder();
            Matcher matcher = REFERENCE.matcher(resolved);
            while (matcher.find()) {
                String value = meaning.value(matcher.group(1));
                matcher.appendReplacement(next, Matcher.quoteReplacement(value == null ? matcher.group() : value));
            }
            matcher.appendTail(next);
            if (next.toString().equals(resolved)) {
                break;
            }
            resolved = next.toString();
        }
        return resolved;
    }

    /** The first reference that is left in a text; empty if there is none. */
    static String unresolved(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        return matcher.find() ? matcher.group() : "";
    }
}
