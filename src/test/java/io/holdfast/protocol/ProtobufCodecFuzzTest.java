package io.holdfast.protocol;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.holdfast.fuzz.Allocation;
import io.holdfast.schema.ClientProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any bytes as a frame of Protobuf. Guided by coverage, where {@link ProtobufDecodingFuzzTest} mutates by chance. */
class ProtobufCodecFuzzTest {
    private static final ProtobufCodec CODEC = new ProtobufCodec();
    private static final Allocation ALLOCATION = new Allocation(64 << 10, 200);

    @FuzzTest(maxDuration = "30m", maxExecutions = 1_500_000)
    void a_frame_is_read_or_malformed(byte[] frame) throws IOException {
        ALLOCATION.bounds(frame.length, () -> decoded(frame));
        List<Command> commands = decoded(frame);
        if (commands == null) {
            return;
        }
        assertThat(commands).isNotEmpty();
        commands.forEach(PayloadUse::ofProtobuf);
        List<ClientProtocol.Command> messages = messages(commands);
        List<Command> again = requireNonNull(decoded(encoded(messages)), "written by the generated classes, not read");
        assertThat(messages(again)).isEqualTo(messages);
    }

    private static @Nullable List<Command> decoded(byte[] frame) {
        try {
            return CODEC.decode(frame);
        } catch (MalformedFrameException expected) {
            return null;
        }
    }

    private static List<ClientProtocol.Command> messages(List<Command> commands) {
        return commands.stream().<ClientProtocol.Command>map(Schema::command).toList();
    }

    private static byte[] encoded(List<ClientProtocol.Command> messages) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (ClientProtocol.Command message : messages) {
            message.writeDelimitedTo(frame);
        }
        return frame.toByteArray();
    }
}
