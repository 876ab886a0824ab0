package io.holdfast.http;

import io.holdfast.access.PayloadForm;
import io.holdfast.access.Role;
import io.holdfast.commands.StoredPayload;
import io.holdfast.delivery.SendOptions;
import io.holdfast.protocol.ErrorCode;
import java.util.List;

/** One call, or one command of a batch, as it was read: valid or refused. */
sealed interface Call {

    Kind kind();

    /**
     * A publish, broadcast or send, fit as far as reading can tell; the manager checks the values.
     *
     * @param targets the client of a send, else the channels; never empty
     * @param payload one compact JSON value, or what {@code b64data} stood for
     * @param json whether it came as JSON
     */
    record Publishing(Kind kind, List<String> targets, byte[] payload, boolean json, SendOptions how) implements Call {

        /** As it is stored in a namespace. */
        byte[] stored(PayloadForm form) {
            return json ? payload : StoredPayload.of(payload, form);
        }
    }

    /** A call that does not publish. */
    record CommandCall(Kind kind, Command command) implements Call {}

    /**
     * JSON, but not what was wanted, or not allowed.
     *
     * @param error in the compatible shape
     * @param code Holdfast's word for the error
     * @param field which one, by its path; empty for the call as a whole
     * @param message a sentence that says what to do, without anything of the values
     */
    record Refused(Kind kind, ErrorCode error, String code, String field, String message) implements Call {

        static Refused wrong(Kind kind, String code, String field, String message) {
            return new Refused(kind, ErrorCode.BAD_REQUEST, code, field, message);
        }

        CompatibleError compatible() {
            return CompatibleError.of(error, message);
        }

        static Refused forbidden(Kind kind) {
            Role role = kind.role();
            String message = "This command needs the role " + role.word();
            return new Refused(kind, ErrorCode.PERMISSION_DENIED, "forbidden", "", message);
        }
    }
}
