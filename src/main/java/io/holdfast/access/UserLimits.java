package io.holdfast.access;

import java.util.Arrays;

/**
 * Channels that are only for the clients that their names list: {@code dialog:7#u1,u2}. The list stands behind the only {@code #}.
 * A client whose name contains a comma or a {@code #} cannot be listed.
 */
final class UserLimits {
    private static final char BOUNDARY = '#';

    private UserLimits() {}

    /** Whether a name looks like that of such a channel. An outbox does not. */
    static boolean looksLimited(String channel) {
        return channel.indexOf(BOUNDARY, 1) > 0;
    }

    /** Whether such a channel lists a client. A name with two lists could be read in two ways, and so lists nobody. */
    static boolean lists(String channel, Identity who) {
        int at = channel.indexOf(BOUNDARY);
        return at == channel.lastIndexOf(BOUNDARY)
                && !who.guest()
                && Arrays.asList(channel.substring(at + 1).split(",", -1)).contains(who.client());
    }
}
