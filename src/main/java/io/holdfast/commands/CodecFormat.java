package io.holdfast.commands;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.WireFormat;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.SubscribeResult;
import io.holdfast.protocol.fossil.FossilDelta;
import io.holdfast.stream.OpaquePayload;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import org.jspecify.annotations.Nullable;

/** A codec as delivery uses it: several pieces joined by its separator make a frame. */
final class CodecFormat implements WireFormat {
    private final Codec codec;
    private final DeliveryClock clock;
    private final byte[] ping;
    private final byte[] separator;
    private final boolean tagged;

    /**
     * @param clock by which publications are dated; clients see wall time
     * @param tagged whether the server's tags go with publications
     */
    CodecFormat(Codec codec, byte[] separator, DeliveryClock clock, boolean tagged) {
        this.codec = codec;
        this.clock = clock;
        this.ping = codec.ping();
        this.separator = separator;
        this.tagged = tagged;
    }

    @Override
    public byte @Nullable [] publication(String channel, Publication publication) {
        byte[] payload = payload(publication, codec);
        if (payload == null) {
            return null;
        }
        return codec.publicationPush(
                channel,
                publication.offset(),
                payload,
                tagged ? publication.id() : null,
                clock.wallMillis(publication.expiresAtMillis()),
                publication.tags(),
                Members.publisher(publication));
    }

    @Override
    public byte @Nullable [] compressed(String channel, Publication publication, @Nullable Publication previous) {
        byte[] payload = payload(publication, codec);
        if (payload == null) {
            return null;
        }
        byte[] base = previous == null ? null : payload(previous, codec);
        byte[] delta = base == null ? null : FossilDelta.of(base, payload);
        return codec.compressedPush(
                channel,
                publication.offset(),
                delta == null ? payload : delta,
                delta != null,
                tagged ? publication.id() : null,
                clock.wallMillis(publication.expiresAtMillis()),
                publication.tags(),
                Members.publisher(publication));
    }

    /** As it goes over the wire; null if the form of the wire cannot carry it. */
    static byte @Nullable [] payload(Publication publication, Codec codec) {
        return codec.binary() ? OpaquePayload.bytes(publication.payload()) : StoredPayload.json(publication.payload());
    }

    @Override
    public byte[] joined(String channel, Member member) {
        return codec.joinPush(channel, Members.info(member));
    }

    @Override
    public byte[] left(String channel, Member member) {
        return codec.leavePush(channel, Members.info(member));
    }

    @Override
    public byte[] subscribed(String channel, Position from, byte @Nullable [] data) {
        return codec.subscribePush(
                channel, new SubscribeResult(false, 0, true, true, from.epoch(), from.offset(), false, false), data);
    }

    @Override
    public byte[] unsubscribed(String channel, int code, String reason) {
        return codec.unsubscribePush(channel, code, reason);
    }

    @Override
    public byte[] refreshed(long ttl) {
        return codec.refreshPush(ttl > 0, ttl);
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
