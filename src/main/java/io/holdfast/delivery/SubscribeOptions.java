package io.holdfast.delivery;

import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The options of one subscription.
 *
 * @param info one compact JSON value that others see in presence; null for none
 * @param announced whether the other subscribers are told when it begins and ends
 * @param told whether it gets join and leave messages of others
 * @param filter which publications it gets, by their tags; null for all. Equal ones decide alike: each publication is tested once for all
 *     that are equal
 * @param deltas whether its publications can be deltas
 */
public record SubscribeOptions(
        byte @Nullable [] info,
        boolean announced,
        boolean told,
        @Nullable Predicate<Map<String, String>> filter,
        boolean deltas) {

    /** A subscription without join and leave messages. */
    public static final SubscribeOptions QUIET = new SubscribeOptions(null, false, false);

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public SubscribeOptions(
            byte @Nullable [] info,
            boolean announced,
            boolean told,
            @Nullable Predicate<Map<String, String>> filter,
            boolean deltas) {
        this.info = info;
        this.announced = announced;
        this.told = told;
        this.filter = filter;
        this.deltas = deltas;
    }

    /** For all publications, whole. */
    public SubscribeOptions(byte @Nullable [] info, boolean announced, boolean told) {
        this(info, announced, told, null, false);
    }
}
