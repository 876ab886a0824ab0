package io.holdfast.stream.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Publication;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stores outlive the code that wrote them. */
class LayoutTest {

    @Test
    void a_message_that_was_stored_before_there_were_publishers_is_read_as_it_was() {
        byte[] stored = HexFormat.of()
                .parseHex(
                        "00000006" // size
                                + "0000000000000011" + "7fffffffffffffff" // published, expires
                                + "0002" + "6d31" // id
                                + "0001" + "00000001" + "6b" + "00000001" + "76" // one tag
                                + "5b315d"); // payload

        Publication read = Layout.publication(5, stored);

        assertThat(read.offset()).isEqualTo(5);
        assertThat(read.id()).isEqualTo("m1");
        assertThat(read.tags()).isEqualTo(Map.of("k", "v"));
        assertThat(read.payload()).isEqualTo("[1]".getBytes(UTF_8));
        assertThat(read.publishedAtMillis()).isEqualTo(17);
        assertThat(read.expiresAtMillis()).isEqualTo(Publication.NEVER);
        assertThat(read.publisher()).isNull();
    }
}
