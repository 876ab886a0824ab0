package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import io.holdfast.schema.ClientProtocol;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Each field of the public schema is in our schema, or the page says what becomes of it. The list of the fields is a resource; a
 * newer schema is compared by replacing it.
 */
class PublicSchemaTest {
    private static final Path PAGE = Path.of("docs", "protocol.md");
    private static final Pattern NAME = Pattern.compile("`([A-Za-z_]+)(?:\\.([a-z_0-9]+))?`");
    private static final Map<String, String> COMMANDS = Map.of(
            "connect", "ConnectRequest",
            "subscribe", "SubscribeRequest",
            "publish", "PublishRequest",
            "sub_refresh", "SubRefreshRequest");

    @Test
    void our_fields_have_the_names_and_numbers_of_the_public_schema() throws IOException {
        Map<String, Integer> known = publicFields();
        assertThat(known).hasSizeGreaterThan(150);
        assertThat(known).containsAllEntriesOf(ourFields());
    }

    @Test
    void the_page_has_each_field_that_our_schema_leaves_out_and_none_that_does_not_exist() throws IOException {
        Set<String> known = publicFields().keySet();
        Set<String> documented = documented(known);
        assertThat(known).containsAll(documented);
        Set<String> missing = new TreeSet<>(known);
        missing.removeAll(ourFields().keySet());
        missing.removeAll(documented);
        assertThat(missing).isEmpty();
    }

    private static Map<String, Integer> publicFields() throws IOException {
        Map<String, Integer> fields = new TreeMap<>();
        try (InputStream list =
                Objects.requireNonNull(PublicSchemaTest.class.getResourceAsStream("public-fields.txt"))) {
            for (String line : new String(list.readAllBytes(), UTF_8).split("\n")) {
                String[] field = line.split(" ");
                fields.put(field[0], Integer.valueOf(field[1]));
            }
        }
        return fields;
    }

    private static Map<String, Integer> ourFields() {
        Map<String, Integer> fields = new TreeMap<>();
        for (Descriptor message : ClientProtocol.getDescriptor().getMessageTypes()) {
            message.getFields()
                    .forEach(field -> fields.put(message.getName() + "." + field.getName(), field.getNumber()));
        }
        return fields;
    }

    /** What the table names: {@code message.field}, further fields of that message, or a message with all its fields. */
    private static Set<String> documented(Set<String> known) throws IOException {
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("### Field by field"), page.indexOf("### Recovery"));
        Set<String> documented = new TreeSet<>();
        table.lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            String message = "";
            // of a second cell only messages count
            int first = line.indexOf('|', 1);
            for (Matcher name = NAME.matcher(line); name.find(); ) {
                String word = name.group(1);
                if (Character.isUpperCase(word.charAt(0)) && name.group(2) == null) {
                    known.stream().filter(field -> field.startsWith(word + ".")).forEach(documented::add);
                } else if (name.start() < first && name.group(2) != null) {
                    message = COMMANDS.getOrDefault(word, word);
                    documented.add(message + "." + name.group(2));
                } else if (name.start() < first) {
                    documented.add(message + "." + word);
                }
            }
        });
        return documented;
    }
}
