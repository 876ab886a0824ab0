package io.holdfast.cli;

import io.holdfast.configuration.KnownKey;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** The settings in a server's environment and files, and which of them is used for a key. */
final class ConfigFiles {
    /** Begins the name of a setting in the environment, as it does in a reference. */
    static final String ENV = "env.";

    static final Pattern REFERENCE = Pattern.compile("\\$\\{([^${}]+)}");
    private static final Pattern LINE = Pattern.compile("\\s*(?:-D)?([A-Za-z_][\\w.-]*)\\s*=(.*)");
    private static final int MAX_REFERENCES = 8;

    /** Without the variables that a later one replaces. */
    private final List<Setting> settings = new ArrayList<>();

    /** An earlier place takes precedence over a later one. An include is no setting: it is listed and not read. */
    enum Place {
        APPLICATION,
        VARIABLE,
        SYSTEM_PROPERTY,
        ENVIRONMENT,
        DEFAULT_VALUE,
        INCLUDE
    }

    record Setting(Place place, String name, String value, String where) {}

    ConfigFiles(Map<String, String> environment) {
        new TreeMap<>(environment).forEach((name, value) -> add(Place.ENVIRONMENT, name, value, "environment"));
    }

    /** Reads {@code server.xml}, the files on top of it, and what is beside it. @throws Failure if one cannot be read */
    void readServer(List<Path> files) {
        Path first = files.get(0);
        readDropins(first.resolveSibling("configDropins/defaults"));
        read(first, Place.VARIABLE);
        readDropins(first.resolveSibling("configDropins/overrides"));
        files.stream().skip(1).forEach(file -> read(file, Place.VARIABLE));
        for (String name : List.of("server.env", "bootstrap.properties", "jvm.options")) {
            if (Files.isRegularFile(first.resolveSibling(name))) {
                read(first.resolveSibling(name), name.equals("server.env") ? Place.ENVIRONMENT : Place.SYSTEM_PROPERTY);
            }
        }
    }

    private void readDropins(Path directory) {
        File[] found = directory.toFile().listFiles((parent, file) -> file.endsWith(".xml"));
        Stream.ofNullable(found).flatMap(Stream::of).sorted().forEach(file -> read(file.toPath(), Place.VARIABLE));
    }

    /** @param place of variables for XML; another one for a setting in each line. @throws Failure if it cannot be read */
    void read(Path file, Place place) {
        try {
            if (place == Place.VARIABLE) {
                readXml(file);
            } else {
                readLines(file, place);
            }
        } catch (XMLStreamException e) {
            throw Failure.usage(
                    file + ":" + e.getLocation().getLineNumber() + ": not a server.xml: " + e.getMessage(),
                    "Correct it. The outermost element must be server, and a DOCTYPE is not allowed.");
        } catch (IOException e) {
            throw Failure.usage("The file " + file + " cannot be read", "Check its path, permissions and encoding.");
        }
    }

    private void readLines(Path file, Place place) throws IOException {
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                add(place, matcher.group(1), matcher.group(2), file + ":" + number);
            }
        }
    }

    private void readXml(Path file) throws IOException, XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false); // no entity is read, and nothing is fetched
        try (InputStream in = Files.newInputStream(file)) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            xml.nextTag(); // throws if it is a DOCTYPE
            if (!xml.getLocalName().equals("server")) {
                throw new XMLStreamException("it begins with " + xml.getLocalName(), xml.getLocation());
            }
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamReader.START_ELEMENT) {
                    readElement(xml, file + ":" + xml.getLocation().getLineNumber());
                }
            }
        }
    }

    private void readElement(XMLStreamReader xml, String where) {
        String name = xml.getAttributeValue(null, "name");
        String value = xml.getAttributeValue(null, "value");
        switch (xml.getLocalName()) {
            case "variable" -> {
                // A later element replaces an earlier one: its value and its default value.
                settings.removeIf(setting -> setting.name().equals(name)
                        && (setting.place() == Place.VARIABLE || setting.place() == Place.DEFAULT_VALUE));
                add(Place.VARIABLE, name, value, where);
                add(Place.DEFAULT_VALUE, name, xml.getAttributeValue(null, "defaultValue"), where);
            }
            case "property" -> add(Place.APPLICATION, name, value, where);
            case "include" -> add(Place.INCLUDE, "", xml.getAttributeValue(null, "location"), where);
            default -> {} // Liberty's own
        }
    }

    private void add(Place place, @Nullable String name, @Nullable String value, String where) {
        if (name != null && value != null) {
            settings.add(new Setting(place, place == Place.ENVIRONMENT ? ENV + name : name, value.trim(), where));
        }
    }

    Stream<Setting> all() {
        return settings.stream();
    }

    /** The setting that is used for a key, or for a name such as {@code env.HOME}. */
    Optional<Setting> find(String key) {
        return all().filter(setting ->
                        setting.name().equals(key) || setting.name().equalsIgnoreCase(ENV + KnownKey.variable(key)))
                .reduce((one, later) -> later.place().compareTo(one.place()) <= 0 ? later : one);
    }

    /** The value with its references replaced. A reference to something that is not set stays, and so does a circle. */
    String resolve(Setting setting) {
        String value = setting.value();
        boolean inXml = setting.place() != Place.ENVIRONMENT && setting.place() != Place.SYSTEM_PROPERTY;
        for (int n = 0; inXml && n < MAX_REFERENCES; n++) {
            value = REFERENCE.matcher(value).replaceFirst(this::replacement);
        }
        return value.trim();
    }

    private String replacement(MatchResult reference) {
        return Matcher.quoteReplacement(
                find(reference.group(1)).map(Setting::value).orElse(reference.group()));
    }
}
