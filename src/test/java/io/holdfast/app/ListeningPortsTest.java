package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListeningPortsTest {
    @TempDir
    Path process;

    @Test
    void only_what_this_process_itself_listens_on_counts() throws IOException {
        Files.createDirectories(process.resolve("net"));
        Files.createDirectories(process.resolve("fd"));
        String head =
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        Files.writeString(
                process.resolve("net/tcp"),
                head
                        + row("0100007F:2378", "0A", 11)
                        + row("0100007F:1F91", "0A", 12)
                        + row("0100007F:2379", "01", 13));
        Files.writeString(
                process.resolve("net/tcp6"),
                head
                        + row("00000000000000000000000000000000:24E3", "0A", 14)
                        + row("0000000000000000FFFF00000100007F:1F92", "0A", 15)
                        + row("00000000000000000000000001000000:1F93", "0A", 16)
                        + row("0000000000000000FFFF00000302010A:1F94", "0A", 17));
        link("1", "/dev/null");
        link("7", "socket:[12]");
        link("8", "socket:[13]");
        link("9", "socket:[14]");
        link("10", "socket:[15]");
        link("11", "socket:[16]");
        link("12", "socket:[17]");
        assertThat(ListeningPorts.of(process))
                .as("not 9080 of another process, not 9081, which is connected")
                .containsExactlyInAnyOrder(
                        new InetSocketAddress("127.0.0.1", 8081),
                        new InetSocketAddress("::", 9443),
                        new InetSocketAddress("127.0.0.1", 8082),
                        new InetSocketAddress("::1", 8083),
                        new InetSocketAddress("10.1.2.3", 8084));
    }

    private static String row(String address, String state, int inode) {
        return "   0: " + address + " 00000000:0000 " + state
                + " 00000000:00000000 00:00000000 00000000  1000        0 " + inode
                + " 1 0000000000000000 100 0 0 10 0\n";
    }

    private void link(String file, String target) throws IOException {
        Files.createSymbolicLink(process.resolve("fd").resolve(file), Path.of(target));
    }

    @Test
    void a_port_of_this_process_is_found_while_it_is_open() throws IOException {
        Path self = Path.of("/proc/self");
        assumeThat(self).exists();
        SocketAddress open;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            open = socket.getLocalSocketAddress();
            assertThat(ListeningPorts.of(self)).contains((InetSocketAddress) open);
        }
        assertThat(ListeningPorts.of(self)).doesNotContain((InetSocketAddress) open);
    }

    /** As on servers that do not tell their endpoints. */
    @Test
    void insecure_mode_is_refused_if_this_process_listens_where_others_can_reach_it() throws IOException {
        Path self = Path.of("/proc/self");
        assumeThat(self).exists();
        ListeningAddresses.requireLoopback(process.resolve("none"));
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            assertThatThrownBy(() -> ListeningAddresses.requireLoopback(self))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("holdfast.insecure")
                    .hasMessageContaining(":" + socket.getLocalPort() + "'");
        }
    }

    @Test
    void a_system_that_does_not_tell_is_an_error() {
        assertThatThrownBy(() -> ListeningPorts.of(process.resolve("none"))).isInstanceOf(IOException.class);
    }
}
