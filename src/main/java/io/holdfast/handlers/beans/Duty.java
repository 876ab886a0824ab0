package io.holdfast.handlers.beans;

import io.holdfast.handlers.calls.CallKind;

/**
 * What a method answers.
 *
 * @param target the name of an rpc, or the namespace; empty for what has neither
 */
record Duty(CallKind kind, String target) {

    /** Whether it is about the channels of a namespace, which is the target. */
    boolean isOfNamespace() {
        return switch (kind) {
            case SUBSCRIBE, SUB_REFRESH, PUBLISH -> true;
            case RPC, SEND, CONNECT, REFRESH -> false;
        };
    }

    /** Whether a client sends a payload with it. */
    boolean hasPayload() {
        return kind != CallKind.REFRESH && kind != CallKind.SUB_REFRESH;
    }

    @Override
    public String toString() {
        return target.isEmpty() ? kind.word() : kind.word() + " \"" + target + "\"";
    }
}
