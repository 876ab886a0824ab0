package io.github.centrifugal.centrifuge;

/** Reads what centrifuge-java 0.4 keeps to its package: an application that acknowledges needs the epoch. */
public final class Positions {
    private Positions() {}

    public static String epoch(ServerSubscribedEvent subscribed) {
        return subscribed.getStreamPosition().getEpoch();
    }
}
