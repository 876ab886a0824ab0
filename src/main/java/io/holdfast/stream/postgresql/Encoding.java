package io.holdfast.stream.postgresql;

import io.holdfast.stream.FinalState;
import io.holdfast.stream.Publisher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How values lie in columns, where it is not plain. */
final class Encoding {
    /** The length that stands for an absent value. */
    private static final int ABSENT = -1;

    private static final int RADIX = 36;

    /** Of nobody's. */
    private static final long NO_EPOCH = -1;

    private Encoding() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    static String epoch(long epoch, long generation) {
        return Long.toString(epoch, RADIX) + (generation == 0 ? "" : "." + generation);
    }

    /** The number and the generation of an epoch; numbers of no stream where it is none. */
    static long[] epoch(String epoch) {
        try {
            int dot = epoch.indexOf('.');
            return dot < 0
                    ? new long[] {Long.parseLong(epoch, RADIX), 0}
                    : new long[] {
                        Long.parseLong(epoch.substring(0, dot), RADIX), Long.parseLong(epoch.substring(dot + 1))
                    };
        } catch (NumberFormatException e) {
            return new long[] {NO_EPOCH, NO_EPOCH};
        }
    }

    static @Nullable String code(@Nullable FinalState state) {
        if (state == null) {
            return null;
        }
        return switch (state) {
            case EXPIRED -> "E";
            case DROPPED -> "D";
            case DEAD -> "X";
        };
    }

    static @Nullable FinalState state(@Nullable String code) {
        if (code == null) {
            return null;
        }
        return switch (code) {
            case "E" -> FinalState.EXPIRED;
            case "D" -> FinalState.DROPPED;
            case "X" -> FinalState.DEAD;
            default -> throw new IllegalStateException("The final state " + code + " is unknown");
        };
    }

    record Extras(Map<String, String> tags, @Nullable Publisher publisher) {}

    /**
     * Tags and publisher: the number of tags 4, tags (4+n each), publisher (4+n each; length -1 for an info that is absent) if
     * there is one. Null if there is neither.
     */
    static byte @Nullable [] extras(Map<String, String> tags, @Nullable Publisher publisher) {
        if (tags.isEmpty() && publisher == null) {
            return null;
        }
        List<byte @Nullable []> parts = new ArrayList<>();
        tags.forEach((key, value) -> {
            parts.add(utf8(key));
            parts.add(utf8(value));
        });
        if (publisher != null) {
            parts.add(utf8(publisher.client()));
            parts.add(utf8(publisher.connection()));
            parts.add(publisher.connectionInfo());
            parts.add(publisher.channelInfo());
        }
        int length = Integer.BYTES;
        for (byte[] part : parts) {
            length += Integer.BYTES + (part == null ? 0 : part.length);
        }
        ByteBuffer out = ByteBuffer.allocate(length).putInt(tags.size());
        for (byte[] part : parts) {
            if (part == null) {
                out.putInt(ABSENT);
            } else {
                out.putInt(part.length).put(part);
            }
        }
        return out.array();
    }

    static Extras extras(byte @Nullable [] encoded) {
        if (encoded == null) {
            return new Extras(Map.of(), null);
        }
        ByteBuffer in = ByteBuffer.wrap(encoded);
        Map<String, String> tags = new HashMap<>();
        for (int left = in.getInt(); left > 0; left--) {
            tags.put(text(part(in)), text(part(in)));
        }
        return new Extras(
                tags, in.hasRemaining() ? new Publisher(text(part(in)), text(part(in)), info(in), info(in)) : null);
    }

    private static byte[] part(ByteBuffer in) {
        byte[] part = new byte[in.getInt()];
        in.get(part);
        return part;
    }

    private static byte @Nullable [] info(ByteBuffer in) {
        in.mark();
        if (in.getInt() == ABSENT) {
            return null;
        }
        in.reset();
        return part(in);
    }
}
