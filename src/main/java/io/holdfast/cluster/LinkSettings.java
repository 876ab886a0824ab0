package io.holdfast.cluster;

import java.time.Duration;

/**
 * The times and bounds of links.
 *
 * @param queueFrames the most frames that wait for one link
 * @param queueBytes the most bytes that wait for one link
 * @param opening how long it may take until both ends have proven themselves
 * @param ping how often the opener asks whether the other end is still there
 * @param silence after which an end from which nothing comes is given up
 * @param firstPause before a link that broke is opened again
 * @param longestPause the pause doubles up to this
 * @param recent for how long what was stored is passed on to a node that subscribes meanwhile
 * @param unproven the most incoming links that have not proven themselves
 */
record LinkSettings(
        int queueFrames,
        int queueBytes,
        Duration opening,
        Duration ping,
        Duration silence,
        Duration firstPause,
        Duration longestPause,
        Duration recent,
        int unproven) {

    static final LinkSettings DEFAULT = new LinkSettings(
            4_096,
            8 << 20,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            64);
}
