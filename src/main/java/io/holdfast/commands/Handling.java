package io.holdfast.commands;

import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.calls.Calls;

/**
 * What all conversations need to ask handlers.
 *
 * @param handlers of the application, or of a back end
 * @param calls runs them
 * @param settings what they get to see
 */
public record Handling(Handlers handlers, Calls calls, HandlerSettings settings) {}
