package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;

/** What decoding lets through must satisfy everybody behind it: one line, valid JSON, readable payloads. */
final class PayloadUse {
    private PayloadUse() {}

    static void of(Command command) {
        assertThat(command.id()).isNotNegative();
        Request request = command.request();
        byte[] payload = null;
        if (request instanceof PublishRequest publish) {
            payload = publish.data();
        } else if (request instanceof RpcRequest rpc) {
            payload = rpc.data();
        } else if (request instanceof SendRequest send) {
            payload = send.data();
        } else if (request instanceof ConnectRequest connect) {
            payload = connect.data();
        }
        if (payload != null) {
            of(payload);
        }
    }

    /** Over Protobuf a publication may be any bytes: whether its channel takes them is decided later. */
    static void ofProtobuf(Command command) {
        if (command.request() instanceof PublishRequest) {
            assertThat(command.id()).isNotNegative();
        } else {
            of(command);
        }
    }

    /** Of a payload that was let through. */
    static void of(byte[] data) {
        try {
            assertThat(RawJson.compact(data)).isSameAs(data);
        } catch (MalformedJsonException e) {
            fail("not JSON: " + new String(data, UTF_8), e);
        }
        ignoringInvalidFields(() -> Ack.parse(data));
        ignoringInvalidFields(() -> Ack.parseSend(data));
        ignoringInvalidFields(() -> ConnectOptions.parse(data));
        ignoringInvalidFields(() -> PublishCall.parse(data));
    }

    private interface Parser {
        Object parse() throws InvalidFieldException;
    }

    private static void ignoringInvalidFields(Parser parser) {
        try {
            assertThat(parser.parse()).isNotNull();
        } catch (InvalidFieldException expected) {
            assertThat(expected.field()).isNotNull();
        }
    }
}
