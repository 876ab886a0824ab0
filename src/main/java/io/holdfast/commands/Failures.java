package io.holdfast.commands;

import io.holdfast.access.AccessDeniedException;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Ending;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.ErrorCode;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** How failures of the rooms below look on the wire. */
final class Failures {
    private static final Logger LOG = Logger.getLogger(Failures.class.getName());

    private Failures() {}

    static Ending ending(CloseCode code) {
        return new Ending(code.code(), code.reason());
    }

    /** Of a client that may not subscribe. */
    static ErrorCode errorCode(AccessDeniedException denied) {
        tell(denied);
        return switch (denied.kind()) {
            case TOKEN_EXPIRED -> ErrorCode.TOKEN_EXPIRED;
            case UNAVAILABLE -> ErrorCode.INTERNAL;
            default -> ErrorCode.PERMISSION_DENIED;
        };
    }

    /** Says in the log why a client is refused, for whoever looks for the cause. The client itself is not told. */
    static void tell(AccessDeniedException denied) {
        LOG.log(Level.FINE, "A client is refused: {0}", denied.getMessage());
    }

    static ErrorCode errorCode(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof DeliveryException refused ? errorCode(refused.reason()) : ErrorCode.INTERNAL;
    }

    private static ErrorCode errorCode(DeliveryException.Reason reason) {
        return switch (reason) {
            case INVALID -> ErrorCode.BAD_REQUEST;
            case UNRECOVERABLE -> ErrorCode.UNRECOVERABLE_POSITION;
            case TOO_LARGE, STREAM_FULL, TOO_MANY_CHANNELS -> ErrorCode.LIMIT_EXCEEDED;
            case OVERLOADED -> ErrorCode.TOO_MANY_REQUESTS;
            case UNAVAILABLE, DRAINING -> ErrorCode.NOT_STORED;
            case OUTCOME_UNKNOWN -> ErrorCode.OUTCOME_UNKNOWN;
        };
    }
}
