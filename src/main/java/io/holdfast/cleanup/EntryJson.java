package io.holdfast.cleanup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/** Entries as lines: {@code {"type":"commit","cycle":"3",…,"items":[{…}]} <CRC-32C in hexadecimal>}; every value is text. */
final class EntryJson {
    private static final int RADIX = 16;
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(-1)
                    .maxStringLength(1 << 20)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private EntryJson() {}

    static String format(Entry entry) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("type", entry.type().name().toLowerCase(Locale.ROOT));
            write(entry.fields(), json);
            if (!entry.items().isEmpty()) {
                json.writeArrayFieldStart("items");
                for (Map<String, String> item : entry.items()) {
                    json.writeStartObject();
                    write(item, json);
                    json.writeEndObject();
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("text cannot be written to memory", e);
        }
        return text + " " + checksum(text.toString()) + "\n";
    }

    private static void write(Map<String, String> fields, JsonGenerator json) throws IOException {
        for (Map.Entry<String, String> field : fields.entrySet()) {
            json.writeStringField(field.getKey(), field.getValue());
        }
    }

    /** @throws IllegalArgumentException if the line is not whole */
    static Entry parse(String line) {
        int end = line.lastIndexOf(' ');
        if (end < 0 || !line.substring(end + 1).equals(checksum(line.substring(0, end)))) {
            throw new IllegalArgumentException("not whole");
        }
        try (JsonParser json = FACTORY.createParser(line.substring(0, end))) {
            json.nextToken();
            List<Map<String, String>> items = new ArrayList<>();
            Map<String, String> fields = fields(json, items);
            String type = new Entry.Fields(fields).text("type");
            fields.remove("type");
            return new Entry(Entry.Type.valueOf(type.toUpperCase(Locale.ROOT)), fields, items);
        } catch (IOException e) {
            throw new IllegalArgumentException("not an entry", e);
        }
    }

    private static Map<String, String> fields(JsonParser json, List<Map<String, String>> items) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    items.add(fields(json, items));
                }
            } else {
                fields.put(name, json.getText());
            }
        }
        return fields;
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(UTF_8));
        return Long.toString(crc.getValue(), RADIX);
    }
}
