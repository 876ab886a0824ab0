package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One command of a client.
 *
 * @param id chosen by the client, echoed in the reply; 0 where none was given (a pong, a {@code send})
 * @param request null for the empty command <code>{}</code>, which is a pong
 */
public record Command(int id, @Nullable Request request) {

    /** Whether this answers the server's ping. */
    public boolean pong() {
        return request == null;
    }
}
