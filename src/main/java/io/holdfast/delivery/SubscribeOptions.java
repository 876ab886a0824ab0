package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/**
 * The options of one subscription.
 *
 * @param info one compact JSON value that others see in presence; null for none
 * @param announced whether the other subscribers are told when it begins and ends
 * @param told whether it gets join and leave messages of others
 */
public record SubscribeOptions(byte @Nullable [] info, boolean announced, boolean told) {

    /** A subscription without join and leave messages. */
    public static final SubscribeOptions QUIET = new SubscribeOptions(null, false, false);

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public SubscribeOptions(byte @Nullable [] info, boolean announced, boolean told) {
        this.info = info;
        this.announced = announced;
        this.told = told;
    }
}
