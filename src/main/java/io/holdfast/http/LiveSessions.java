package io.holdfast.http;

import io.holdfast.delivery.Gathered;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The connections that have a session: those over fallback transports, whose connect reply contains it. Any thread. */
public interface LiveSessions {

    /** The id of a session's connection, wherever it is; empty if there is none, or if it has ended. */
    CompletionStage<Gathered<Optional<String>>> connection(String session);
}
