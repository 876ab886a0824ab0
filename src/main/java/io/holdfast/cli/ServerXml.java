package io.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** What Liberty's configuration files say, as far as it concerns the gateway; a later file goes before an earlier one. */
final class ServerXml {
    private final List<Setting> settings = new ArrayList<>();
    private final List<String> features = new ArrayList<>();
    private final Map<String, Map<String, String>> endpoints = new LinkedHashMap<>();
    private final List<String> applications = new ArrayList<>();
    private final List<Setting> includes = new ArrayList<>();

    /**
     * A variable or property.
     *
     * @param byDefault whether it only counts where the environment says nothing
     * @param property whether it is the application's own, which goes before a variable
     * @param where file and line
     */
    record Setting(String name, String value, boolean byDefault, boolean property, String where) {}

    /** @throws Failure if it cannot be read, or is none */
    void read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            SAXParserFactory factory = SAXParserFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            // No DTD, so no entities, and nothing is fetched from anywhere.
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.newSAXParser().parse(in, new Handler(file.toString()));
        } catch (SAXParseException e) {
            throw Failure.usage(
                    file + ":" + e.getLineNumber() + ": no XML that Liberty would take: " + e.getMessage(),
                    "Correct it.");
        } catch (SAXException e) {
            throw Failure.usage(file + ": " + e.getMessage(), "Give a server.xml of Liberty.");
        } catch (IOException e) {
            throw Failure.usage("The file " + file + " cannot be read", "Look at its path and permissions.");
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser lacks a feature that it has had for ever", e);
        }
    }

    List<Setting> settings() {
        return settings;
    }

    /** In small letters. */
    List<String> features() {
        return features;
    }

    /** The attributes of each HTTP endpoint, unresolved, by its id. */
    Map<String, Map<String, String>> endpoints() {
        return endpoints;
    }

    /** Where the applications lie. */
    List<String> applications() {
        return applications;
    }

    List<Setting> includes() {
        return includes;
    }

    private final class Handler extends DefaultHandler {
        private final String file;
        private @Nullable Locator locator;
        private @Nullable StringBuilder feature;
        private boolean begun;

        Handler(String file) {
            this.file = file;
        }

        @Override
        public void setDocumentLocator(Locator given) {
            locator = given;
        }

        @Override
        public void startElement(String uri, String local, String name, Attributes attributes) throws SAXException {
            if (!begun && !name.equals("server")) {
                throw new SAXException("the outermost element is " + name + " and not server");
            }
            begun = true;
            switch (name) {
                case "variable" -> {
                    setting(attributes, "defaultValue", true, false);
                    setting(attributes, "value", false, false);
                }
                case "property" -> setting(attributes, "value", false, true);
                case "feature" -> feature = new StringBuilder();
                case "httpEndpoint" -> endpoint(attributes);
                case "webApplication", "application", "enterpriseApplication" ->
                    applications.add(text(attributes, "location"));
                case "include" ->
                    includes.add(new Setting("include", text(attributes, "location"), false, false, where()));
                default -> {} // Liberty's own
            }
        }

        private void setting(Attributes attributes, String attribute, boolean byDefault, boolean property) {
            String name = attributes.getValue("name");
            String value = attributes.getValue(attribute);
            if (name != null && value != null) {
                settings.add(new Setting(name, value, byDefault, property, where()));
            }
        }

        private void endpoint(Attributes attributes) {
            String id = text(attributes, "id");
            Map<String, String> all = endpoints.computeIfAbsent(id, key -> new HashMap<>());
            for (int i = 0; i < attributes.getLength(); i++) {
                all.put(attributes.getQName(i), attributes.getValue(i));
            }
            all.put("where", where());
        }

        @Override
        public void characters(char[] text, int start, int length) {
            if (feature != null) {
                feature.append(text, start, length);
            }
        }

        @Override
        public void endElement(String uri, String local, String name) {
            if (feature != null && name.equals("feature")) {
                features.add(feature.toString().strip().toLowerCase(Locale.ROOT));
                feature = null;
            }
        }

        private String where() {
            return file + (locator == null ? "" : ":" + locator.getLineNumber());
        }

        private static String text(Attributes attributes, String name) {
            String value = attributes.getValue(name);
            return value == null ? "" : value;
        }
    }
}
