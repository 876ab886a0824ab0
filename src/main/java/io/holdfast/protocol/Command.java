package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One command of a client.
 *
 * @param id chosen by the client, echoed in the reply; 0 where none was given (a pong, a {@code send})
 * @param request null for the empty command, which is a pong
 * @param payloadIsJson false if the request's payload is something else, which JSON cannot have but Protobuf can: the
 *     request then has {@code null} in its place and fails with {@link ErrorCode#BAD_REQUEST}, it alone
 */
public record Command(int id, @Nullable Request request, boolean payloadIsJson) {

    public Command(int id, @Nullable Request request) {
        this(id, request, true);
    }

    /** Whether this answers the server's ping. */
    public boolean pong() {
        return request == null;
    }
}
