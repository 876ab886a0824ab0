package io.holdfast.cli;

import io.holdfast.cli.Finding.Level;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * What Liberty's configuration files say, as far as it concerns the gateway: in the order in which Liberty reads them,
 * with their includes where these stand.
 */
final class ServerXml {
    private final ServerDirectory.Names names;
    private final Map<String, Setting> variables = new LinkedHashMap<>();
    private final Map<String, Setting> properties = new LinkedHashMap<>();
    private final List<Setting> all = new ArrayList<>();
    private final Set<String> features = new LinkedHashSet<>();
    private final Map<String, Map<String, String>> endpoints = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> applications = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Path> read = new LinkedHashSet<>();
    private final Deque<Path> open = new ArrayDeque<>();

    /**
     * A variable or property.
     *
     * @param byDefault whether it only counts where the environment says nothing
     * @param property whether it is the application's own, which goes before a variable
     * @param where file and line
     */
    record Setting(String name, String value, boolean byDefault, boolean property, String where) {}

    /** @param names what references in the locations of includes mean */
    ServerXml(ServerDirectory.Names names) {
        this.names = names;
    }

    /** A file that is not included by another; one that was read so already is left out. */
    void read(Path file) {
        if (read.add(file.toAbsolutePath().normalize())) {
            parse(file, Merge.MERGE);
        }
    }

    /** The XML files of a directory, as Liberty takes {@code configDropins}: by name, capitals or not. */
    void readAll(Path directory) {
        files(directory).forEach(this::read);
    }

    private static List<Path> files(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Files.isRegularFile(file) && lower(file).endsWith(".xml"))
                    .sorted(Comparator.comparing(ServerXml::lower))
                    .toList();
        } catch (IOException e) {
            throw Failure.usage("The directory " + directory + " cannot be read", "Look at its permissions.");
        }
    }

    private static String lower(Path file) {
        return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    }

    /** @throws Failure if it cannot be read, or is none */
    private void parse(Path file, Merge merge) {
        String shown = ServerProcess.shown(file);
        open.push(file.toAbsolutePath().normalize());
        try (InputStream in = Files.newInputStream(file)) {
            SAXParserFactory factory = SAXParserFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            // No DTD, so no entities, and nothing is fetched from anywhere.
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.newSAXParser().parse(in, new ServerXmlHandler(this, file, shown, merge));
        } catch (SAXParseException e) {
            throw Failure.usage(
                    shown + ":" + e.getLineNumber() + ": no XML that Liberty would take: " + e.getMessage(),
                    "Correct it.");
        } catch (SAXException e) {
            throw Failure.usage(shown + ": " + e.getMessage(), "Give a server.xml of Liberty.");
        } catch (IOException e) {
            throw Failure.usage("The file " + file + " cannot be read", "Look at its path and permissions.");
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser lacks a feature that it has had for ever", e);
        } finally {
            open.pop();
        }
    }

    /** An include as it stands in a file. */
    record Include(Path from, String location, boolean optional, Merge merge, String where) {}

    /** Reads it now: what stands behind it in the including file comes later. */
    void include(Include include) {
        String location = ServerDirectory.resolve(include.location().strip(), names);
        String unresolved = ServerDirectory.unresolved(location);
        if (location.isEmpty()) {
            add(Level.ERROR, include, "an include without a location");
        } else if (!unresolved.isEmpty()) {
            add(
                    Level.WARNING,
                    include,
                    "the include " + include.location() + " is not followed: " + unresolved
                            + " is not known here. Liberty knows its directories, bootstrap.properties, system properties"
                            + " and ${env.NAME} in a location, and no variables of the XML");
        } else if (location.matches("(?i)(https?|ftp):.*")) {
            add(Level.NOTE, include, "the include " + location + " is not fetched; give it as a file behind this one");
        } else {
            follow(include, location.replaceFirst("(?i)^file:(//)?", ""));
        }
    }

    private void follow(Include include, String location) {
        Path path;
        try {
            path = ServerDirectory.parent(include.from().toAbsolutePath())
                    .resolve(location)
                    .normalize();
        } catch (InvalidPathException e) {
            add(Level.ERROR, include, "the include " + location + " is no path");
            return;
        }
        if (Files.isDirectory(path) && location.endsWith("/")) {
            files(path).forEach(file -> enter(include, file));
        } else if (Files.isRegularFile(path)) {
            enter(include, path);
        } else if (Files.isDirectory(path)) {
            add(Level.ERROR, include, "the include " + location + " is a directory: put a slash behind it");
        } else if (!include.optional()) {
            add(
                    Level.ERROR,
                    include,
                    "the include " + location + " does not exist: correct it, or say optional=\"true\"");
        }
    }

    private void enter(Include include, Path file) {
        if (open.contains(file)) {
            add(Level.WARNING, include, "the include " + ServerProcess.shown(file) + " leads back to itself");
        } else {
            parse(file, include.merge());
        }
    }

    private void add(Level level, Include include, String message) {
        findings.add(new Finding(level, include.where(), "", message));
    }

    /** A variable: the later element takes the place of the earlier one, value and default value together. */
    void variable(List<Setting> element, Merge merge) {
        all.addAll(element);
        String name = element.get(0).name();
        if (merge == Merge.IGNORE && (variables.containsKey(name) || variables.containsKey(name + DEFAULT))) {
            return;
        }
        variables.remove(name);
        variables.remove(name + DEFAULT);
        element.forEach(setting -> variables.put(name + (setting.byDefault() ? DEFAULT : ""), setting));
    }

    private static final String DEFAULT = " by default";

    void property(Setting setting, Merge merge) {
        all.add(setting);
        if (merge != Merge.IGNORE || !properties.containsKey(setting.name())) {
            properties.put(setting.name(), setting);
        }
    }

    void features(List<String> added, Merge merge) {
        if (merge == Merge.REPLACE) {
            features.clear();
        }
        if (merge != Merge.IGNORE || features.isEmpty()) {
            features.addAll(added);
        }
    }

    void endpoint(String id, Map<String, String> attributes, Merge merge) {
        merge(endpoints, id, attributes, merge);
    }

    private static void merge(
            Map<String, Map<String, String>> elements, String id, Map<String, String> attributes, Merge merge) {
        Map<String, String> known = elements.computeIfAbsent(id, key -> new HashMap<>());
        if (merge == Merge.REPLACE) {
            known.clear();
        }
        attributes.forEach((name, value) -> {
            if (merge != Merge.IGNORE || !known.containsKey(name)) {
                known.put(name, value);
            }
        });
    }

    /** @param id empty if it has none: then no other element is the same application */
    void application(String id, Map<String, String> attributes, Merge merge) {
        merge(applications, id.isEmpty() ? "without id " + applications.size() : id, attributes, merge);
    }

    /** What counts: of each name one value and one default value at most, and one property. */
    List<Setting> settings() {
        return Stream.concat(variables.values().stream(), properties.values().stream())
                .toList();
    }

    /** Every element, also those that others go before. */
    List<Setting> written() {
        return all;
    }

    /** In small letters. */
    Set<String> features() {
        return features;
    }

    /** The attributes of each HTTP endpoint, unresolved, by its id. */
    Map<String, Map<String, String>> endpoints() {
        return endpoints;
    }

    /** The attributes of each application, unresolved. */
    List<Map<String, String>> applications() {
        return List.copyOf(applications.values());
    }

    /** What could not be followed. */
    List<Finding> findings() {
        return findings;
    }
}
