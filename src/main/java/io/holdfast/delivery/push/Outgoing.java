package io.holdfast.delivery.push;

import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.outbox.HandedMessage;
import io.holdfast.stream.Publication;
import org.jspecify.annotations.Nullable;

/**
 * One encoded piece on its way to a connection. Shared by all connections of the same wire format, never written to.
 *
 * @param bytes the piece, without separator
 * @param outboxOffset the publication's offset if it belongs to the connection's outbox, else 0
 * @param expiresAtMillis not written from this moment on
 * @param message which publication it is; null for replies
 * @param kind what it is
 */
record Outgoing(
        byte[] bytes,
        long outboxOffset,
        long expiresAtMillis,
        Kind kind,
        @Nullable HandedMessage message) {

    /** What a piece is, as far as the writer cares. */
    enum Kind {
        REPLY,
        /** The connect reply: no ping may ride in its frame, since the client is not connected before it. */
        CONNECT_REPLY,
        PUSH
    }

    static Outgoing reply(byte[] bytes) {
        return new Outgoing(bytes, 0, Publication.NEVER, Kind.REPLY, null);
    }

    static Outgoing connectReply(byte[] bytes) {
        return new Outgoing(bytes, 0, Publication.NEVER, Kind.CONNECT_REPLY, null);
    }

    static Outgoing push(WireFormat format, String channel, Publication publication, boolean outbox) {
        return new Outgoing(
                format.publication(channel, publication),
                outbox ? publication.offset() : 0,
                publication.expiresAtMillis(),
                Kind.PUSH,
                new HandedMessage(publication.id(), publication.publishedAtMillis()));
    }

    /** Finds or makes the piece of one publication for a wire format. */
    static final class Cache {
        private final String channel;
        private final Publication publication;
        private final boolean outbox;
        private @Nullable WireFormat format;
        private @Nullable Outgoing piece;
        private @Nullable Cache next;

        Cache(String channel, Publication publication, boolean outbox) {
            this.channel = channel;
            this.publication = publication;
            this.outbox = outbox;
        }

        Outgoing piece(WireFormat wanted) {
            Outgoing known = piece;
            if (known == null) {
                format = wanted;
                return piece = push(wanted, channel, publication, outbox);
            }
            if (format == wanted) {
                return known;
            }
            if (next == null) {
                next = new Cache(channel, publication, outbox);
            }
            return next.piece(wanted);
        }
    }
}
