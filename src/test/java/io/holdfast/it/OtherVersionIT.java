package io.holdfast.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A data directory that another version has left: what it kept in files is carried over, and a newer format is refused. */
@Tag("slow")
class OtherVersionIT {
    private static final Map<String, String> INSECURE = Map.of("holdfast.insecure", "true");

    /** As an earlier version wrote it: expiry (the year 2100), no limit to when it was issued, the client u1, CRC-32C. */
    private static final String REVOCATION = "4102444800000 9223372036854775807 c dTE= 2e64dcb1\n";

    private static final byte[] STATE = "state".getBytes(US_ASCII);

    @Test
    void files_of_an_earlier_version_are_carried_over_once_and_a_newer_format_is_refused() throws Exception {
        try (LibertyServer gateway = LibertyServer.prepare("other-version", INSECURE)) {
            Path data = Files.createDirectories(gateway.dataDirectory());
            Files.writeString(data.resolve("revocations"), REVOCATION);
            try (InputStream journal = getClass().getResourceAsStream("/io/holdfast/cleanup/earlier-journal.txt")) {
                Files.copy(journal, data.resolve("cleanup"));
            }
            gateway.start();
            knowsWhatTheFilesSaid(gateway);
            for (String name : new String[] {"revocations", "cleanup"}) {
                assertThat(data.resolve(name)).doesNotExist();
                assertThat(data.resolve(name + ".carried-over")).isNotEmptyFile();
            }
            gateway.api().sendNumbers("away", 1, 3);
            gateway.restart();
            knowsWhatTheFilesSaid(gateway);

            gateway.stop();
            byte format = changeFormat(data, (byte) 1);
            gateway.launch();
            gateway.awaitLog("The stored data in " + data.toRealPath()
                    + " was written by another version of Holdfast: its format is "
                    + (format + 1) + ", and this version knows " + format
                    + ". Nothing was changed. Start the version that wrote it, or put a backup of this version's in the"
                    + " directory's place.");
            gateway.awaitAnswer("/health/ready", 503);
            assertThat(gateway.api()
                            .post("/api/send", "{'client': 'c', 'data': {}}")
                            .status())
                    .isIn(404, 503);

            gateway.stop();
            changeFormat(data, (byte) -1);
            gateway.start();
            knowsWhatTheFilesSaid(gateway);
            try (RawClient client = gateway.client()) {
                client.connectAs("away");
                assertThat(client.publications("#away", 3)).extracting(Pub::n).containsExactly(1, 2, 3);
            }
        }
    }

    private static void knowsWhatTheFilesSaid(LibertyServer gateway) {
        assertThat(gateway.api().get("/api/revocations").body()).contains("\"u1\"");
        JsonNode audit =
                gateway.api().get("/api/cleanup/audit?limit=100").json().path("audit");
        assertThat(audit).hasSizeGreaterThanOrEqualTo(12);
        assertThat(audit.path(0).path("by").asText()).isEqualTo("anna");
        assertThat(audit.path(0).path("why").asText()).isEqualTo("case 12");
        assertThat(gateway.api().get("/api/cleanup/state").body()).contains("case 12", "crate");
    }

    /** Adds to the first byte of the store's state. @return what it was */
    private static byte changeFormat(Path data, byte by) throws RocksDBException {
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, data.toString())) {
                families.add(new ColumnFamilyDescriptor(name));
            }
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions();
                RocksDB db = RocksDB.open(options, data.toString(), families, handles)) {
            byte[] state = db.get(STATE);
            byte format = state[0];
            state[0] += by;
            db.put(STATE, state);
            handles.forEach(ColumnFamilyHandle::close);
            return format;
        }
    }
}
