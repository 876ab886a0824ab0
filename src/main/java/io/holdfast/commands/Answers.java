package io.holdfast.commands;

import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.Result;
import io.holdfast.stream.Receipt;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The way back to one client: replies, errors and closes, encoded. Any thread. */
record Answers(RegisteredConnection connection, Codec codec) {

    void reply(int id, Result result) {
        connection.reply(codec.reply(id, result));
    }

    byte[] encoded(int id, Result result) {
        return codec.reply(id, result);
    }

    void error(int id, ErrorCode error) {
        connection.reply(codec.error(id, error));
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
