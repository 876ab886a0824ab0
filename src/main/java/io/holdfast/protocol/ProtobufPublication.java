package io.holdfast.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A publication as Protobuf, of which the size is known before it is written: the delivery of every publication goes
 * through here, and so takes one array and no copy.
 */
final class ProtobufPublication {

    private static final byte[] ID = "id".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXPIRES = "expires".getBytes(StandardCharsets.US_ASCII);

    private static final byte[][] NONE = {};

    private final byte[] payload;
    private final boolean delta;
    /** The publisher as an encoded message; null if there is none. */
    private final byte @Nullable [] info;

    private final long offset;
    /** The server's tags; null if there are none. */
    private final byte @Nullable [] id;

    private final byte @Nullable [] expires;
    /** Of the publisher: names and values in turn. */
    private final byte[][] tags;

    private final int size;

    ProtobufPublication(
            byte[] payload,
            boolean delta,
            byte @Nullable [] info,
            long offset,
            @Nullable String id,
            long expiresAtMillis,
            Map<String, String> publishersTags) {
        this.payload = payload;
        this.delta = delta;
        this.info = info;
        this.offset = offset;
        this.id = id == null ? null : ProtobufOutput.utf8(id);
        this.expires = id == null || expiresAtMillis == Long.MAX_VALUE
                ? null
                : ProtobufOutput.utf8(Long.toString(expiresAtMillis));
        this.tags = publishersTags.isEmpty() ? NONE : tags(publishersTags);
        int bytes = ProtobufOutput.sizeOfField(payload.length);
        if (info != null) {
            bytes += ProtobufOutput.sizeOfField(info.length);
        }
        if (offset != 0) {
            bytes += 1 + ProtobufOutput.sizeOfVarint(offset);
        }
        if (delta) {
            bytes += 2;
        }
        if (this.id != null) {
            bytes += ProtobufOutput.sizeOfField(sizeOfTag(ID, this.id));
        }
        if (expires != null) {
            bytes += ProtobufOutput.sizeOfField(sizeOfTag(EXPIRES, expires));
        }
        for (int i = 0; i < tags.length; i += 2) {
            bytes += ProtobufOutput.sizeOfField(sizeOfTag(tags[i], tags[i + 1]));
        }
        this.size = bytes;
    }

    /** The push of this publication, with its length before it. */
    byte[] push(String channel) {
        byte[] name = ProtobufOutput.utf8(channel);
        int push = ProtobufOutput.sizeOfField(name.length) + ProtobufOutput.sizeOfField(size);
        int reply = ProtobufOutput.sizeOfField(push);
        ProtobufOutput out = new ProtobufOutput(ProtobufOutput.sizeOfVarint(reply) + reply)
                .varint(reply)
                .header(Field.Reply.PUSH, push)
                .present(Field.Push.CHANNEL, name);
        return writeTo(out, Field.Push.PUB).toBytes();
    }

    /** Writes this as a field. */
    ProtobufOutput writeTo(ProtobufOutput out, int field) {
        out.header(field, size)
                .present(Field.Publication.DATA, payload)
                .field(Field.Publication.INFO, info)
                .field(Field.Publication.OFFSET, offset);
        for (int i = 0; i < tags.length; i += 2) {
            writeTag(out, tags[i], tags[i + 1]);
        }
        if (id != null) {
            writeTag(out, ID, id);
        }
        if (expires != null) {
            writeTag(out, EXPIRES, expires);
        }
        return out.field(Field.Publication.DELTA, delta);
    }

    private static void writeTag(ProtobufOutput out, byte[] name, byte[] value) {
        out.header(Field.Publication.TAGS, sizeOfTag(name, value))
                .present(Field.Entry.KEY, name)
                .present(Field.Entry.VALUE, value);
    }

    private static int sizeOfTag(byte[] name, byte[] value) {
        return ProtobufOutput.sizeOfField(name.length) + ProtobufOutput.sizeOfField(value.length);
    }

    private static byte[][] tags(Map<String, String> publishersTags) {
        byte[][] all = new byte[2 * publishersTags.size()][];
        int at = 0;
        for (Map.Entry<String, String> tag : publishersTags.entrySet()) {
            all[at++] = ProtobufOutput.utf8(tag.getKey());
            all[at++] = ProtobufOutput.utf8(tag.getValue());
        }
        return all;
    }
}
