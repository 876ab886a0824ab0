package io.holdfast.handlers;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Answers one kind of call. Called on a thread that it may block; many at a time, but one for each connection. */
public interface Handler<A extends @Nullable Object> {

    /**
     * Answers a call, at most once.
     *
     * @return completes with the answer; payloads in it are bytes, each one compact JSON value
     * @throws HandlerException to refuse, also as the failure of the stage. Every other failure is logged, and the client gets
     *     error 100
     * @throws InterruptedException as any other failure, after the time limit
     */
    CompletionStage<A> answer(ClientCall call) throws Exception;
}
