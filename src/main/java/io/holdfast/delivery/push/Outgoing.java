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

    /** @return null if the format cannot carry the publication's payload */
    static @Nullable Outgoing push(WireFormat format, String channel, Publication publication, boolean outbox) {
        return push(
                format.publication(channel, publication),
                outbox ? publication.offset() : 0,
                publication.expiresAtMillis(),
                publication);
    }

    /**
     * For a subscription to an ordinary channel, with delta compression.
     *
     * @param previous null if the payload comes whole
     * @param remembered whether a delta can follow; then it is written in any case
     */
    static @Nullable Outgoing compressed(
            WireFormat format,
            String channel,
            Publication publication,
            @Nullable Publication previous,
            boolean remembered) {
        return push(
                format.compressed(channel, publication, previous),
                0,
                remembered ? Publication.NEVER : publication.expiresAtMillis(),
                publication);
    }

    private static @Nullable Outgoing push(
            byte @Nullable [] bytes, long outboxOffset, long expiresAtMillis, Publication publication) {
        return bytes == null
                ? null
                : new Outgoing(
                        bytes,
                        outboxOffset,
                        expiresAtMillis,
                        Kind.PUSH,
                        new HandedMessage(publication.id(), publication.publishedAtMillis()));
    }

    /** Finds or makes the pieces of one publication: one for each wire format, whole or not. */
    static final class Cache {
        private final String channel;
        private final Publication publication;
        private final boolean outbox;
        private final Deltas.@Nullable Step step;
        private @Nullable WireFormat format;
        private Form form = Form.PLAIN;
        private @Nullable Outgoing piece;
        private @Nullable Cache next;

        /** How a subscription gets its payloads. */
        private enum Form {
            PLAIN,
            WHOLE,
            DELTA
        }

        /** @param step null where no subscription has delta compression */
        Cache(String channel, Publication publication, boolean outbox, Deltas.@Nullable Step step) {
            this.channel = channel;
            this.publication = publication;
            this.outbox = outbox;
            this.step = step;
        }

        /** @return null if the format cannot carry the payload */
        @Nullable
        Outgoing piece(WireFormat wanted) {
            return piece(wanted, Form.PLAIN);
        }

        /** With delta compression. @param given the offset of what the client was given last, if that is known */
        @Nullable
        Outgoing compressed(WireFormat wanted, long given) {
            return piece(wanted, step != null && step.follows(given) ? Form.DELTA : Form.WHOLE);
        }

        private @Nullable Outgoing piece(WireFormat wanted, Form as) {
            if (format == null) {
                piece = encode(wanted, as);
                format = wanted;
                form = as;
            }
            if (format == wanted && form == as) {
                return piece;
            }
            if (next == null) {
                next = new Cache(channel, publication, outbox, step);
            }
            return next.piece(wanted, as);
        }

        private @Nullable Outgoing encode(WireFormat wanted, Form as) {
            if (as == Form.PLAIN) {
                return push(wanted, channel, publication, outbox);
            }
            Publication previous = step == null || as == Form.WHOLE ? null : step.previous();
            return Outgoing.compressed(wanted, channel, publication, previous, step != null && step.remembered());
        }
    }
}
