package io.holdfast.handlers.beans;

import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import io.holdfast.handlers.calls.CallKind;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What a method may return. */
final class Results {
    private Results() {}

    /** @throws IllegalArgumentException if it returns what cannot be an answer */
    static void require(Duty duty, Method method, JsonValues json) {
        Type type = method.getGenericReturnType();
        if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw
                && CompletionStage.class.isAssignableFrom(raw)) {
            type = generic.getActualTypeArguments()[0];
        } else if (Future.class.isAssignableFrom(method.getReturnType())
                && !CompletionStage.class.isAssignableFrom(method.getReturnType())) {
            throw new IllegalArgumentException("returns a Future: return a value or a CompletionStage");
        }
        Class<?> decision = decision(duty.kind());
        if (decision == null) {
            json.requireWritable(type);
        } else if (type != decision && type != void.class && type != Void.class) {
            throw new IllegalArgumentException("must return " + decision.getSimpleName()
                    + ", a CompletionStage of it, or nothing: not " + type.getTypeName());
        }
    }

    /** Null for what is answered with a value. */
    private static @Nullable Class<?> decision(CallKind kind) {
        return switch (kind) {
            case RPC, SEND -> null;
            case CONNECT -> ConnectDecision.class;
            case REFRESH, SUB_REFRESH -> RefreshDecision.class;
            case SUBSCRIBE -> SubscribeDecision.class;
            case PUBLISH -> PublishDecision.class;
        };
    }
}
