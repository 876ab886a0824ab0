package io.holdfast.cli;

import io.holdfast.cli.ServerXml.Include;
import io.holdfast.cli.ServerXml.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Tells {@link ServerXml} what stands in one file. */
final class ServerXmlHandler extends DefaultHandler {
    private final ServerXml xml;
    private final Path file;
    private final String shown;
    private final Merge merge;
    private final List<String> features = new ArrayList<>();
    private @Nullable Locator locator;
    private @Nullable StringBuilder feature;
    private boolean begun;

    /** @param merge what becomes of what is configured twice */
    ServerXmlHandler(ServerXml xml, Path file, String shown, Merge merge) {
        this.xml = xml;
        this.file = file;
        this.shown = shown;
        this.merge = merge;
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
            case "variable" -> variable(attributes);
            case "property" -> {
                Setting setting = setting(attributes, "value", false, true);
                if (setting != null) {
                    xml.property(setting, merge);
                }
            }
            case "featureManager" -> features.clear();
            case "feature" -> feature = new StringBuilder();
            case "httpEndpoint" -> xml.endpoint(text(attributes, "id"), all(attributes), merge);
            case "webApplication", "application", "enterpriseApplication" ->
                xml.application(text(attributes, "id"), all(attributes), merge);
            case "include" ->
                xml.include(new Include(
                        file,
                        text(attributes, "location"),
                        text(attributes, "optional").equalsIgnoreCase("true"),
                        Merge.of(attributes.getValue("onConflict"), merge),
                        where()));
            default -> {} // Liberty's own
        }
    }

    private void variable(Attributes attributes) {
        List<Setting> element = new ArrayList<>();
        for (boolean byDefault : new boolean[] {true, false}) {
            Setting setting = setting(attributes, byDefault ? "defaultValue" : "value", byDefault, false);
            if (setting != null) {
                element.add(setting);
            }
        }
        if (!element.isEmpty()) {
            xml.variable(element, merge);
        }
    }

    private @Nullable Setting setting(Attributes attributes, String attribute, boolean byDefault, boolean property) {
        String name = attributes.getValue("name");
        String value = attributes.getValue(attribute);
        return name == null || value == null ? null : new Setting(name, value, byDefault, property, where());
    }

    private Map<String, String> all(Attributes attributes) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < attributes.getLength(); i++) {
            all.put(attributes.getQName(i), attributes.getValue(i));
        }
        all.put("where", where());
        return all;
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
        } else if (name.equals("featureManager")) {
            xml.features(features, merge);
        }
    }

    private String where() {
        return shown + (locator == null ? "" : ":" + locator.getLineNumber());
    }

    private static String text(Attributes attributes, String name) {
        String value = attributes.getValue(name);
        return value == null ? "" : value;
    }
}
