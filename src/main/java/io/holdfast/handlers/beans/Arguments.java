package io.holdfast.handlers.beans;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ChannelName;
import io.holdfast.handlers.ClientCall;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of a method's parameters, from a call.
 *
 * @param readers one for each parameter
 * @param payloadIndex of the payload among them; -1 for none
 */
record Arguments(List<Function<ClientCall, @Nullable Object>> readers, int payloadIndex) {

    /** @throws IllegalArgumentException if a parameter cannot be bound */
    static Arguments of(Duty duty, AnnotatedMethod<?> method, TypesOfBean types, JsonValues json) {
        List<Function<ClientCall, @Nullable Object>> readers = new ArrayList<>();
        List<Type> seen = new ArrayList<>();
        int payload = -1;
        for (AnnotatedParameter<?> parameter : method.getParameters()) {
            Type type = types.resolved(parameter.getBaseType());
            if (type == Caller.class) {
                readers.add(ClientCall::caller);
            } else if (type == ChannelName.class) {
                if (!duty.isOfNamespace()) {
                    throw new IllegalArgumentException(
                            "has a parameter of the type ChannelName, but " + duty + " is not about a channel");
                }
                readers.add(call -> new ChannelName(call.target()));
            } else {
                if (payload >= 0) {
                    throw new IllegalArgumentException(
                            "has more than one parameter for the payload. Beside it there may be a Caller, and for"
                                    + " decisions about channels a ChannelName");
                }
                if (!duty.hasPayload()) {
                    throw new IllegalArgumentException(
                            "has a parameter for a payload, and a refresh has none: only a Caller may be there, and for"
                                    + " that of a subscription a ChannelName");
                }
                payload = parameter.getPosition();
                Function<byte @Nullable [], @Nullable Object> reader = json.reader(type);
                boolean bytes = type == byte[].class;
                readers.add(call -> payload(call, bytes, reader));
                continue;
            }
            if (seen.contains(type)) {
                throw new IllegalArgumentException("has two parameters of the same type " + type.getTypeName());
            }
            seen.add(type);
        }
        return new Arguments(List.copyOf(readers), payload);
    }

    /** What is not JSON fits only a method that takes bytes. */
    private static @Nullable Object payload(
            ClientCall call, boolean bytes, Function<byte @Nullable [], @Nullable Object> reader) {
        if (call.bytes() != null && (bytes || call.data() == null)) {
            if (bytes) {
                return call.bytes();
            }
            throw JsonValues.unfitting();
        }
        return reader.apply(call.data());
    }

    /** @throws io.holdfast.handlers.HandlerException 107 if the payload does not fit */
    Object[] of(ClientCall call) {
        Object[] values = new Object[readers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = readers.get(i).apply(call);
        }
        return values;
    }
}
