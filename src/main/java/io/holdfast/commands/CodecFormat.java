package io.holdfast.commands;

import io.holdfast.delivery.WireFormat;
import io.holdfast.protocol.Codec;
import io.holdfast.stream.Publication;

/** A codec as delivery uses it: several pieces joined by a line break make a frame. */
final class CodecFormat implements WireFormat {
    private final Codec codec;
    private final byte[] ping;
    private final byte[] separator;

    CodecFormat(Codec codec, byte[] separator) {
        this.codec = codec;
        this.ping = codec.ping();
        this.separator = separator;
    }

    @Override
    public byte[] publication(String channel, Publication publication) {
        return codec.publicationPush(
                channel,
                publication.offset(),
                publication.payload(),
                publication.id(),
                publication.expiresAtMillis(),
                publication.tags());
    }

    @Override
    public byte[] ping() {
        return ping;
    }

    @Override
    public byte[] separator() {
        return separator;
    }
}
