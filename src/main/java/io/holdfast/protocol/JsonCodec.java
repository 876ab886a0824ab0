package io.holdfast.protocol;

import java.util.List;
import java.util.Map;

/** The JSON form of the wire. */
public final class JsonCodec implements Codec {

    @Override
    public List<Command> decode(byte[] frame) throws MalformedFrameException {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Command> decode(String frame) throws MalformedFrameException {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] reply(int id, Result result) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] error(int id, ErrorCode error) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] ping() {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] publicationPush(
            String channel, long offset, byte[] payload, String id, long expiresAtMillis, Map<String, String> tags) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] unsubscribePush(String channel, int code, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] disconnectPush(int code, String reason, boolean reconnect) {
        throw new UnsupportedOperationException();
    }
}
