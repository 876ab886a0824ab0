package io.holdfast.http;

import io.holdfast.cleanup.CleanupException;
import io.holdfast.cleanup.CleanupRefusedException;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.stream.EngineException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** How failures of the rooms below look to a publisher: in our shape by status, in the compatible one by code. */
final class Failures {
    private static final Logger LOG = Logger.getLogger(Failures.class.getName());
    private static final int SOON_SECONDS = 1;
    private static final int LATER_SECONDS = 5;

    private Failures() {}

    static Answer answer(Throwable thrown) {
        Throwable failure = cause(thrown);
        if (failure instanceof DeliveryException refused) {
            return answer(refused);
        }
        if (failure instanceof EngineException) {
            return Answer.error(503, "unavailable", "The message store is failing; repeat later")
                    .retryAfter(LATER_SECONDS);
        }
        if (failure instanceof CleanupRefusedException refused) {
            String message = String.valueOf(refused.getMessage());
            return switch (refused.reason()) {
                case BUSY -> Answer.error(409, "busy", message);
                case INVALID -> Answer.error(400, "invalid_field", message);
                case UNAVAILABLE -> Answer.error(503, "unavailable", message).retryAfter(LATER_SECONDS);
            };
        }
        if (failure instanceof CleanupException) {
            return Answer.error(503, "unavailable", "The system that holds this resource is failing; repeat later")
                    .retryAfter(LATER_SECONDS);
        }
        LOG.log(Level.SEVERE, "A call of the server API failed unexpectedly", failure);
        return Answer.error(500, "internal", "The server has a bug; the server's log describes it");
    }

    private static Answer answer(DeliveryException refused) {
        String code = refused.reason().name().toLowerCase(Locale.ROOT);
        String message = String.valueOf(refused.getMessage());
        return switch (refused.reason()) {
            case INVALID -> Answer.error(400, "invalid_field", message, refused.field());
            case TOO_LARGE -> Answer.error(400, code, message, refused.field());
            case STREAM_FULL, TOO_MANY_CHANNELS, UNRECOVERABLE -> Answer.error(409, code, message);
            case OVERLOADED, OUTCOME_UNKNOWN -> Answer.error(503, code, message).retryAfter(SOON_SECONDS);
            case UNAVAILABLE, DRAINING -> Answer.error(503, code, message).retryAfter(LATER_SECONDS);
        };
    }

    /** The same with the protocol's codes. */
    static CompatibleError compatible(Throwable thrown) {
        Throwable failure = cause(thrown);
        if (failure instanceof UnknownChannelException) {
            return CompatibleError.of(ErrorCode.UNKNOWN_CHANNEL, String.valueOf(failure.getMessage()));
        }
        if (failure instanceof EngineException) {
            return CompatibleError.of(ErrorCode.INTERNAL, "the message store is failing");
        }
        if (!(failure instanceof DeliveryException refused)) {
            LOG.log(Level.SEVERE, "A call of the server API failed unexpectedly", failure);
            return new CompatibleError(ErrorCode.INTERNAL, ErrorCode.INTERNAL.message());
        }
        ErrorCode code = switch (refused.reason()) {
            case INVALID -> ErrorCode.BAD_REQUEST;
            case UNRECOVERABLE -> ErrorCode.UNRECOVERABLE_POSITION;
            case TOO_LARGE, STREAM_FULL, TOO_MANY_CHANNELS -> ErrorCode.LIMIT_EXCEEDED;
            case OVERLOADED -> ErrorCode.TOO_MANY_REQUESTS;
            case UNAVAILABLE, OUTCOME_UNKNOWN, DRAINING -> ErrorCode.INTERNAL;
        };
        return CompatibleError.of(code, String.valueOf(refused.getMessage()));
    }

    /** The cause of a failure that a dependent stage has wrapped. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
