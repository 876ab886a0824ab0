package io.holdfast.stream;

/**
 * Which node may change a device, by the number of the claim that it got when the device connected there ({@link
 * StreamEngine#open}). A later claim has a higher number, and changes that carry a lower one are refused.
 *
 * @param fence the number of the claim; 0 for none. Changes without a claim are never refused
 * @param connected in a change, whether the device is still connected to the node that makes it; of a device, whether a node
 *     that is alive has it connected
 */
public record Claim(long fence, boolean connected) {
    /** No claim: of a device without a name, which may be connected to many nodes. */
    public static final Claim NONE = new Claim(0, false);
}
