package io.holdfast.delivery;

import java.util.List;
import java.util.function.Function;

/**
 * What several nodes answered together.
 *
 * @param missingNodes numbers of the nodes that did not answer in time: what they know is not in the value. Normally empty
 */
public record Gathered<T>(T value, List<Long> missingNodes) {

    public Gathered {
        missingNodes = List.copyOf(missingNodes);
    }

    /** Of this node alone. */
    public static <T> Gathered<T> complete(T value) {
        return new Gathered<>(value, List.of());
    }

    public <R> Gathered<R> map(Function<? super T, ? extends R> change) {
        return new Gathered<>(change.apply(value), missingNodes);
    }
}
