package io.holdfast.http;

import org.jspecify.annotations.Nullable;

/** The connections that have a session: those over fallback transports, whose connect reply contains it. Any thread. */
public interface LiveSessions {

    /** The id of a session's connection; null if there is none, or if it has ended. */
    @Nullable
    String connection(String session);
}
