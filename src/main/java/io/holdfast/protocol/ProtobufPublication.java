package io.holdfast.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A publication as Protobuf, of which the size is known before it is written: the delivery of every publication goes
 * through here, and so takes one array and no copy.
 */
final class ProtobufPublication {

    private static final byte[] ID = "id".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXPIRES = "expires".getBytes(StandardCharsets.US_ASCII);

    private static final int REPLY_PUSH = 4;
    private static final int PUSH_CHANNEL = 2;
    private static final int PUSH_PUB = 4;
    private static final int DATA = 4;
    private static final int OFFSET = 6;
    private static final int TAGS = 7;
    private static final int TAG_NAME = 1;
    private static final int TAG_VALUE = 2;

    private final byte[] payload;
    private final long offset;
    /** Names and values in turn. */
    private final byte[][] tags;

    private final int size;

    ProtobufPublication(
            byte[] payload, long offset, String id, long expiresAtMillis, Map<String, String> publishersTags) {
        this.payload = payload;
        this.offset = offset;
        this.tags = tags(id, expiresAtMillis, publishersTags);
        int bytes = ProtobufOutput.sizeOfField(payload.length);
        if (offset != 0) {
            bytes += 1 + ProtobufOutput.sizeOfVarint(offset);
        }
        for (int i = 0; i < tags.length; i += 2) {
            bytes += ProtobufOutput.sizeOfField(sizeOfTag(i));
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
                .header(REPLY_PUSH, push)
                .present(PUSH_CHANNEL, name);
        return writeTo(out, PUSH_PUB).toBytes();
    }

    /** Writes this as a field. */
    ProtobufOutput writeTo(ProtobufOutput out, int field) {
        out.header(field, size).present(DATA, payload).field(OFFSET, offset);
        for (int i = 0; i < tags.length; i += 2) {
            out.header(TAGS, sizeOfTag(i)).present(TAG_NAME, tags[i]).present(TAG_VALUE, tags[i + 1]);
        }
        return out;
    }

    private int sizeOfTag(int i) {
        return ProtobufOutput.sizeOfField(tags[i].length) + ProtobufOutput.sizeOfField(tags[i + 1].length);
    }

    private static byte[][] tags(String id, long expiresAtMillis, Map<String, String> publishersTags) {
        boolean expires = expiresAtMillis != Long.MAX_VALUE;
        byte[][] all = new byte[2 * (publishersTags.size() + (expires ? 2 : 1))][];
        int at = 0;
        if (!publishersTags.isEmpty()) {
            for (Map.Entry<String, String> tag : publishersTags.entrySet()) {
                all[at++] = ProtobufOutput.utf8(tag.getKey());
                all[at++] = ProtobufOutput.utf8(tag.getValue());
            }
        }
        all[at++] = ID;
        all[at++] = ProtobufOutput.utf8(id);
        if (expires) {
            all[at++] = EXPIRES;
            all[at] = ProtobufOutput.utf8(Long.toString(expiresAtMillis));
        }
        return all;
    }
}
