package io.holdfast.handlers.beans;

import io.holdfast.handlers.calls.CallKind;

/**
 * What a method answers.
 *
 * @param target the name of an rpc, or the namespace; empty for what has neither
 */
record Duty(CallKind kind, String target) {

    @Override
    public String toString() {
        return target.isEmpty() ? kind.word() : kind.word() + " \"" + target + "\"";
    }
}
