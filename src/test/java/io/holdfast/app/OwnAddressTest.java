package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.holdfast.app.ListeningAddresses.Endpoint;
import io.holdfast.stream.MemoryEngine;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Under which address a node announces itself. */
class OwnAddressTest {
    private static final String DATABASE = "jdbc:postgresql://localhost:5432/holdfast";

    @Test
    void a_server_that_listens_on_one_address_has_that_one() {
        assertThat(OwnAddress.find(List.of(new Endpoint("localhost", 9080, false)), DATABASE))
                .isEqualTo(URI.create("http://127.0.0.1:9080"));
        assertThat(OwnAddress.find(List.of(new Endpoint("::1", 9080, false)), null))
                .isEqualTo(URI.create("http://[0:0:0:0:0:0:0:1]:9080"));
    }

    @Test
    void the_port_without_tls_is_taken_if_there_is_one() {
        Endpoint secure = new Endpoint("127.0.0.1", 9443, true);

        assertThat(OwnAddress.find(List.of(secure), null)).isEqualTo(URI.create("https://127.0.0.1:9443"));
        assertThat(OwnAddress.find(List.of(secure, new Endpoint("127.0.0.1", 9080, false)), null))
                .isEqualTo(URI.create("http://127.0.0.1:9080"));
    }

    @Test
    void a_server_that_listens_on_all_addresses_has_one_that_others_can_reach() throws SocketException {
        List<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .toList();
        assumeThat(own).isNotEmpty();
        String outside = "jdbc:postgresql://" + own.get(0).getHostAddress().replaceFirst("%.*", "") + "/holdfast";

        for (String database : new String[] {DATABASE, null, "jdbc:postgresql:holdfast", outside}) {
            URI found = OwnAddress.find(List.of(new Endpoint("*", 9080, false)), database);

            assertThat(own).extracting(InetAddress::getHostAddress).contains(found.getHost());
            assertThat(found.getPort()).isEqualTo(9080);
        }
    }

    /** The nodes of other machines would find themselves there. */
    @Test
    void loopback_is_refused_if_the_database_is_on_another_machine() throws SocketException {
        InetAddress own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst()
                .orElse(null);
        assumeThat(own).isNotNull();
        String elsewhere = "jdbc:postgresql://" + own.getHostAddress() + ":5432/holdfast";

        assertThatThrownBy(() -> OwnAddress.find(List.of(new Endpoint("localhost", 9080, false)), elsewhere))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.cluster.address")
                .hasMessageContaining("http.host");
    }

    @Test
    void a_port_that_cannot_be_found_out_must_be_configured() {
        assertThatThrownBy(() -> OwnAddress.find(List.of(), DATABASE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.cluster.address")
                .hasMessageContaining("port");
    }

    @Test
    void the_embedded_engine_has_no_cluster() {
        assertThatThrownBy(() -> ClusterSettings.shared(new MemoryEngine(() -> 0)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("holdfast.cluster")
                .hasMessageContaining("holdfast.engine");
    }

    @Test
    void a_configured_address_is_checked() {
        assertThat(new ClusterKeys(new Keys(new MapConfig(Map.of(ClusterSettings.ADDRESS, "http://node1:9080"))))
                        .read())
                .isEqualTo(new ClusterSettings(false, URI.create("http://node1:9080")));
        for (String wrong : List.of("node1:9080", "http://node1:9080/path", "http://a..b", "http://[::::]:1")) {
            Keys keys = new Keys(new MapConfig(Map.of(ClusterSettings.ADDRESS, wrong)));
            new ClusterKeys(keys).read();
            assertThatThrownBy(keys::end).as(wrong).isInstanceOf(ConfigurationException.class);
        }
    }
}
