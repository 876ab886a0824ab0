package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.holdfast.schema.ClientProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The limits of one connection. */
@ExtendWith(Gateway.class)
@ParameterizedClass
@EnumSource(Wire.class)
class LimitsIT {
    private static final int FRAME = 64 * 1024;

    private final Wire wire;
    private final LibertyServer gateway;

    LimitsIT(Wire wire, LibertyServer gateway) {
        this.wire = wire;
        this.gateway = gateway;
    }

    @Test
    void a_frame_of_64_kib_is_taken_and_one_byte_more_closes_as_too_big() {
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(Names.fresh("limits"));
            sendPing(connection, FRAME);
            connection.await("reply", message -> message.path("id").asInt() == 7);
            sendPing(connection, FRAME + 1);
            assertThat(connection.awaitClose().code()).isEqualTo(1009);
        }
    }

    @Test
    void a_frame_far_above_the_limit_closes_as_too_big() {
        try (SocketClient connection = gateway.socket(wire)) {
            connection.connectAs(Names.fresh("limits"));
            try {
                sendPing(connection, 4 << 20);
            } catch (java.io.UncheckedIOException e) {
                // The server need not take it to the end.
            }
            assertThat(connection.awaitClose().code()).isIn(1009, 1006);
        }
    }

    /** Sends a ping in a frame of this size. */
    private void sendPing(WireClient connection, int bytes) {
        switch (wire) {
            case JSON -> {
                String frame = "{\"id\":7,\"ping\":{}}";
                connection.sendText(frame + " ".repeat(bytes - frame.length()));
            }
            case PROTOBUF -> {
                int rest = 20;
                byte[] frame = filledPing(bytes - rest);
                connection.sendBinary(filledPing(bytes - rest + (bytes - frame.length)));
            }
        }
    }

    /** A ping with so many bytes in a field that nobody knows. */
    private static byte[] filledPing(int bytes) {
        UnknownFieldSet.Field filling = UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(ByteString.copyFrom(new byte[bytes]))
                .build();
        return Wire.frame(ClientProtocol.Command.newBuilder()
                .setId(7)
                .setPing(ClientProtocol.PingRequest.newBuilder())
                .setUnknownFields(
                        UnknownFieldSet.newBuilder().addField(30, filling).build()));
    }

    @Test
    void a_channel_name_has_at_most_255_bytes() {
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(Names.fresh("limits"));
            connection.command("subscribe", "{'channel': '%s'}", "c".repeat(255));
            assertThat(connection.refused("subscribe", "{'channel': '%s'}", "c".repeat(256)))
                    .isEqualTo(107);
            assertThat(connection.refused("publish", "{'channel': '%s', 'data': {}}", "c".repeat(256)))
                    .isEqualTo(107);
        }
    }

    @Test
    void a_connection_has_at_most_128_channels_and_may_swap_one_for_another() {
        String prefix = Names.fresh("many");
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(Names.fresh("limits"));
            for (int i = 1; i <= 128; i++) {
                connection.command("subscribe", "{'channel': '%s-%d'}", prefix, i);
            }
            assertThat(connection.refused("subscribe", "{'channel': '%s-129'}", prefix))
                    .isEqualTo(106);
            connection.command("unsubscribe", "{'channel': '%s-1'}", prefix);
            connection.command("subscribe", "{'channel': '%s-129'}", prefix);
        }
    }

    @Test
    void a_publication_has_at_most_60_kib() {
        String channel = Names.fresh("big");
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(Names.fresh("limits"));
            connection.command("subscribe", "{'channel': '%s'}", channel);
            assertThat(connection.refused(
                            "publish", "{'channel': '%s', 'data': '%s'}", channel, "x".repeat(60 * 1024 + 1)))
                    .isIn(106, 107);
            String big = "x".repeat(59 * 1024);
            connection.command("publish", "{'channel': '%s', 'data': '%s'}", channel, big);
            assertThat(connection.publication(channel).data().asText()).isEqualTo(big);
        }
    }
}
