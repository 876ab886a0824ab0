package io.holdfast.cli;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the server's process gets besides its XML: its environment, with the files {@code server.env} on top, and its
 * system properties, from {@code bootstrap.properties} with those of the files {@code jvm.options} on top.
 */
final class ServerProcess {
    private static final Pattern ASSIGNMENT = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(.*)");
    private static final Pattern PROPERTY = Pattern.compile("-D([^=\\s]+)(?:=(.*))?");
    private static final String INCLUDE = "bootstrap.include";

    private final Map<String, Sourced> environment = new LinkedHashMap<>();
    private final Map<String, Sourced> properties = new LinkedHashMap<>();

    /** A value and where it stands. */
    record Sourced(String value, String where) {}

    /** @param inherited the environment in which the server is started */
    ServerProcess(Map<String, String> inherited) {
        new TreeSet<>(inherited.keySet())
                .forEach(name ->
                        environment.put(name, new Sourced(String.valueOf(inherited.get(name)), "environment " + name)));
    }

    Map<String, Sourced> environment() {
        return environment;
    }

    Map<String, Sourced> properties() {
        return properties;
    }

    /** Reads what lies beside a server's XML, in the order in which Liberty's script and launcher do. */
    void read(ServerDirectory server) {
        Path config = server.config();
        Path install = server.install();
        Path shared = server.user() == null ? null : server.user().resolve("shared");
        readEnvironment(install == null ? null : install.resolve("etc/server.env"));
        readEnvironment(shared == null ? null : shared.resolve("server.env"));
        readEnvironment(config.resolve("server.env"));
        readBootstrap(config.resolve("bootstrap.properties"), server, new HashSet<>());
        boolean any = readOptions(shared == null ? null : shared.resolve("jvm.options"))
                | readOptions(config.resolve("configDropins/defaults/jvm.options"))
                | readOptions(config.resolve("jvm.options"))
                | readOptions(config.resolve("configDropins/overrides/jvm.options"));
        if (!any) {
            readOptions(install == null ? null : install.resolve("etc/jvm.options"));
        }
    }

    /** Puts a file with lines {@code NAME=value} on top of the environment, if there is one. */
    private void readEnvironment(@Nullable Path file) {
        if (file != null && Files.isRegularFile(file)) {
            assignments(file).forEach(environment::put);
        }
    }

    /** @throws Failure if it cannot be read */
    static Map<String, Sourced> assignments(Path file) {
        Map<String, Sourced> assignments = new LinkedHashMap<>();
        int number = 0;
        for (String line : lines(file)) {
            number++;
            Matcher matcher = ASSIGNMENT.matcher(line);
            if (matcher.matches()) {
                assignments.put(matcher.group(1), new Sourced(matcher.group(2), shown(file) + ":" + number));
            }
        }
        return assignments;
    }

    /** What stands in the file goes before what it includes. */
    private void readBootstrap(Path file, ServerDirectory server, Set<Path> read) {
        if (!Files.isRegularFile(file) || !read.add(file.normalize())) {
            return;
        }
        Properties own = new Properties();
        try (Reader reader = new StringReader(String.join("\n", lines(file)))) {
            own.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw Failure.usage(shown(file) + " is no file of properties", "Look for a \\u without four digits.");
        }
        for (String name : new TreeSet<>(own.stringPropertyNames())) {
            properties.putIfAbsent(name, new Sourced(own.getProperty(name), shown(file)));
        }
        for (String include : own.getProperty(INCLUDE, "").split(",", -1)) {
            if (!include.isBlank()) {
                String resolved = ServerDirectory.resolve(include.strip(), server::named);
                readBootstrap(ServerDirectory.parent(file.toAbsolutePath()).resolve(resolved), server, read);
            }
        }
    }

    private boolean readOptions(@Nullable Path file) {
        if (file == null || !Files.isRegularFile(file)) {
            return false;
        }
        int number = 0;
        for (String line : lines(file)) {
            number++;
            Matcher matcher = PROPERTY.matcher(line.strip());
            if (matcher.matches()) {
                String value = matcher.group(2) == null ? "" : matcher.group(2);
                properties.put(matcher.group(1), new Sourced(value, shown(file) + ":" + number));
            }
        }
        return true;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.usage(
                    "The file " + file + " cannot be read",
                    "Look at its path and permissions, and whether it is UTF-8.");
        }
    }

    /** As it would be written from here, if it lies below. */
    static String shown(Path file) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = file.toAbsolutePath().normalize();
        return (absolute.startsWith(here) ? here.relativize(absolute) : absolute).toString();
    }

    /** What a name means to Liberty before it has read any XML: a directory, a property, {@code env.NAME}. */
    ServerDirectory.Names names(ServerDirectory server) {
        return name -> {
            String directory = server.named(name);
            if (directory != null) {
                return directory;
            }
            Sourced found =
                    name.startsWith("env.") ? environment.get(name.substring("env.".length())) : properties.get(name);
            return found == null ? null : found.value();
        };
    }
}
