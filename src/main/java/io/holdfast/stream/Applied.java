package io.holdfast.stream;

import java.util.List;

/**
 * What {@link StreamEngine#apply} has done. Of several nodes that confirm or settle the same publication, one is told.
 *
 * @param refused the changes of devices that another connection has claimed since; nothing was done for them
 * @param confirmed the retained publications that no device had confirmed before, stream by stream
 * @param removed the publications that were removed before a device confirmed them
 */
public record Applied(List<Refused> refused, List<Confirmed> confirmed, List<Removed> removed) {
    /** No change was refused, and nothing was confirmed or removed for the first time. */
    public static final Applied NOTHING = new Applied(List.of(), List.of(), List.of());

    /**
     * A change that came too late.
     *
     * @param fence what it carried
     */
    public record Refused(String stream, String device, long fence) {}

    /**
     * Publications that are confirmed now. The array must not be written to.
     *
     * @param offsets rising
     */
    public record Confirmed(String stream, long[] offsets) {}
}
