package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that are sound on the wire and ask for what cannot be. */
@ExtendWith(Gateway.class)
@ParameterizedClass
@EnumSource(Wire.class)
class WrongRequestsIT {
    private final Wire wire;
    private final LibertyServer gateway;

    WrongRequestsIT(Wire wire, LibertyServer gateway) {
        this.wire = wire;
        this.gateway = gateway;
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "subscribe   | {'channel': ''}                                | 107",
                "subscribe   | {}                                             | 107",
                "subscribe   | {'channel': '#somebody-else'}                  | 103",
                "publish     | {'channel': '', 'data': {}}                    | 107",
                "rpc         | {'method': 'no-such-method', 'data': {}}       | 108",
                "rpc         | {'method': 'ack'}                              | 107",
                "rpc         | {'method': 'ack', 'data': 'x'}                 | 107",
                "rpc         | {'method': 'ack', 'data': {'channel': '#x', 'epoch': 'e', 'offset': -1}} | 107",
                "rpc         | {'method': 'publish', 'data': {}}              | 107",
            })
    void a_wrong_request_gets_an_error_and_the_connection_stays_open(String method, String request, int code) {
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(Names.fresh("malformed"));
            assertThat(connection.refused(method, request)).isEqualTo(code);
            assertThat(connection.ask("ping", "{}").has("error")).isFalse();
        }
    }
}
