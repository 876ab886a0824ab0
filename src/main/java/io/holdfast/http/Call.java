package io.holdfast.http;

import io.holdfast.delivery.SendOptions;
import java.util.List;

/** One publish, broadcast or send as it was read: fit to be handed to the manager, or refused. */
sealed interface Call {

    Kind kind();

    /**
     * Fit as far as reading can tell; the manager checks the values.
     *
     * @param targets the client of a send, else the channels; never empty
     * @param payload one compact JSON value
     */
    record Publishing(Kind kind, List<String> targets, byte[] payload, SendOptions how) implements Call {}

    /**
     * JSON, but not what was wanted.
     *
     * @param code our word for what is wrong
     * @param field which one, by its path; empty for the call as a whole
     * @param message a sentence that says what to do, without anything of the values
     */
    record Refused(Kind kind, String code, String field, String message) implements Call {}
}
