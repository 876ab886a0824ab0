package io.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import io.holdfast.schema.ClientProtocol;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FieldTest {
    @Test
    void the_numbers_by_which_the_codec_writes_and_reads_are_the_schemas() throws Exception {
        Map<String, Integer> schema = new TreeMap<>();
        for (Descriptor message : ClientProtocol.getDescriptor().getMessageTypes()) {
            message.getFields()
                    .forEach(field -> schema.put(
                            key(message.getName(), field.getName().toUpperCase(Locale.ROOT)), field.getNumber()));
        }
        schema.put("ENTRY.KEY", 1);
        schema.put("ENTRY.VALUE", 2);
        Map<String, Integer> ours = new TreeMap<>();
        for (Class<?> message : Field.class.getDeclaredClasses()) {
            for (java.lang.reflect.Field field : message.getDeclaredFields()) {
                ours.put(key(message.getSimpleName(), field.getName()), field.getInt(null));
            }
        }
        assertThat(ours).isEqualTo(schema);
    }

    private static String key(String message, String field) {
        return message.toUpperCase(Locale.ROOT) + "." + field;
    }
}
