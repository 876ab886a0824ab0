package io.holdfast.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.client.Trust;
import io.holdfast.validate.FaultProxy.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client and a server on either side of the proxy. */
class FaultProxyTest {
    private ServerSocket server;
    private FaultProxy proxy;
    private Socket client;
    private Socket accepted;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        proxy = new FaultProxy(URI.create("http://localhost:" + server.getLocalPort()), Trust.ofJava());
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        accepted = server.accept();
        client.setSoTimeout(5_000);
        accepted.setSoTimeout(5_000);
    }

    @AfterEach
    void end() throws IOException {
        proxy.close();
        client.close();
        accepted.close();
        server.close();
    }

    private void arrives(int value) throws IOException {
        client.getOutputStream().write(value);
        assertThat(accepted.getInputStream().read()).isEqualTo(value);
    }

    private void nothingArrives() throws IOException {
        client.getOutputStream().write(7);
        accepted.setSoTimeout(200);
        assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        accepted.setSoTimeout(5_000);
    }

    @Test
    void without_a_fault_bytes_pass_both_ways() throws IOException {
        arrives(1);
        accepted.getOutputStream().write(2);
        assertThat(client.getInputStream().read()).isEqualTo(2);
    }

    @Test
    void a_cut_ends_both_sides() throws IOException {
        arrives(1);
        proxy.cut();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void a_reset_is_an_error_on_both_sides() throws IOException {
        arrives(1);
        proxy.reset();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> accepted.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void what_was_written_into_a_stall_arrives_after_it() throws IOException {
        proxy.set(Fault.STALL);
        nothingArrives();
        proxy.set(Fault.NONE);
        assertThat(accepted.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void what_was_written_into_a_half_open_connection_never_arrives() throws IOException {
        proxy.set(Fault.HALF_OPEN);
        nothingArrives();
        proxy.set(Fault.NONE);
        arrives(8);
    }

    @Test
    void split_and_slow_bytes_arrive_whole_and_in_order() throws IOException {
        for (Fault fault : new Fault[] {Fault.SPLIT, Fault.SLOW, Fault.LATE}) {
            proxy.set(fault);
            byte[] sent = new byte[3_000];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = (byte) i;
            }
            long start = System.nanoTime();
            client.getOutputStream().write(sent);
            assertThat(accepted.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            long millis = (System.nanoTime() - start) / 1_000_000;
            if (fault != Fault.SPLIT) {
                assertThat(millis).as("%s takes its time", fault).isGreaterThan(100);
            }
        }
    }
}
