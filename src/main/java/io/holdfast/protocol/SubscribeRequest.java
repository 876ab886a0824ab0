package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Asks for the publications of a channel.
 *
 * @param recover whether to continue after {@code epoch} and {@code offset}
 * @param flag bits: 1 channel compaction, 2 reject if unrecovered
 * @param delta name of the delta compression that the client can read; empty for none
 * @param type of the subscription; 0 is the ordinary one
 * @param filter only publications with such tags are wanted; null for all
 */
public record SubscribeRequest(
        String channel,
        @Nullable String token,
        byte @Nullable [] data,
        boolean recover,
        String epoch,
        long offset,
        boolean positioned,
        boolean recoverable,
        boolean joinLeave,
        int flag,
        String delta,
        int type,
        @Nullable TagFilter filter)
        implements Request {

    /** For all publications. */
    public SubscribeRequest(
            String channel,
            @Nullable String token,
            byte @Nullable [] data,
            boolean recover,
            String epoch,
            long offset,
            boolean positioned,
            boolean recoverable,
            boolean joinLeave,
            int flag,
            String delta,
            int type) {
        this(channel, token, data, recover, epoch, offset, positioned, recoverable, joinLeave, flag, delta, type, null);
    }

    /** Bit of {@link #flag()}: answer with error 112 rather than with {@code recovered: false}. */
    public static final int FLAG_REJECT_UNRECOVERED = 2;

    public boolean rejectsUnrecovered() {
        return (flag & FLAG_REJECT_UNRECOVERED) != 0;
    }
}
