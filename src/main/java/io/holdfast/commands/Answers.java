package io.holdfast.commands;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.handlers.HandlerException;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Result;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Receipt;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The way back to one client: replies, errors and closes, encoded. Any thread. */
record Answers(RegisteredConnection connection, Codec codec) {
    private static final Logger LOG = Logger.getLogger(Answers.class.getName());

    void reply(int id, Result result) {
        connection.reply(codec.reply(id, result));
    }

    byte[] encoded(int id, Result result) {
        return codec.reply(id, result);
    }

    void error(int id, ErrorCode error) {
        connection.reply(codec.error(id, error));
    }

    void error(int id, HandlerException refusal) {
        if (refusal.closes()) {
            connection.close(new Ending(refusal.code(), refusal.text()));
        } else {
            connection.reply(codec.error(id, refusal.code(), refusal.text(), refusal.temporary()));
        }
    }

    /**
     * A command has failed in the rooms below. If the store does not answer now, the client is told to repeat it, and other rooms
     * log why: a connect by a close, because half of it may be done, and any other command by an error. Everything else is a
     * mistake, and ends the connection.
     *
     * @param id of the command; 0 for one without an answer
     */
    void failed(int id, boolean connect, RuntimeException failure) {
        boolean temporary =
                failure instanceof EngineException engine && engine.reason().temporary();
        if (temporary) {
            LOG.log(Level.FINE, "The store did not answer a command", failure);
        } else {
            String client = connection.client();
            LOG.log(
                    Level.WARNING,
                    "A command of client " + client + " failed unexpectedly; its connection is closed",
                    failure);
        }
        if (connect || !temporary) {
            close(CloseCode.INTERNAL_ERROR);
        } else if (id != 0) {
            error(id, ErrorCode.INTERNAL);
        }
    }

    /** An answer that may be large: it must neither take the room of deliveries nor end the connection that asked. */
    void replyIfRoom(int id, Result result) {
        byte[] reply = encoded(id, result);
        if (reply.length > connection.mostReplyBytes()) {
            tooLarge(id, ErrorCode.LIMIT_EXCEEDED);
        } else if (!connection.replyIfRoom(reply)) {
            tooLarge(id, ErrorCode.TOO_MANY_REQUESTS); // there is room when it has read what waits
        }
    }

    /** Whether what an application adds to a reply leaves room for deliveries. */
    boolean fits(byte @Nullable [] data) {
        return data == null || data.length <= connection.mostReplyBytes() / 2;
    }

    void tooLarge(int id, ErrorCode why) {
        connection.hit(Limit.REPLY_BYTES);
        error(id, why);
    }

    void close(CloseCode code) {
        connection.close(Failures.ending(code));
    }

    /** Answers when the receipt is there. @return when that is done */
    CompletionStage<Receipt> replyWhenStored(
            int id, CompletionStage<Receipt> receipt, Function<Receipt, Result> result) {
        return receipt.whenComplete((stored, failure) -> {
            if (failure == null) {
                reply(id, result.apply(stored));
            } else {
                error(id, Failures.errorCode(failure));
            }
        });
    }
}
