package io.holdfast.access;

import io.holdfast.delivery.Deduplication;
import io.holdfast.stream.Retention;
import java.time.Duration;

/**
 * The rules for all channels of a namespace: {@code orders:7} is in {@code orders}, a name without a colon in the one
 * without name.
 *
 * @param name empty for the one without name
 * @param subscribe the clients that may subscribe
 * @param publish the clients that may publish
 * @param presence the clients that may ask for presence
 * @param history the clients that may read the history
 * @param userLimited whether a name such as {@code dialog#u1,u2} opens the channel to the clients that it lists; without this,
 *     such a channel needs a subscription token
 * @param joinLeave whether subscribers are told who comes and goes, if they ask for it
 * @param joinLeaveUnasked whether they are told without asking, where {@code joinLeave} lets them be told at all
 * @param tagFilters whether subscribers may ask for publications with certain tags only
 * @param payload what may be published
 * @param deltas whether subscribers may ask for delta compression
 * @param recovery whether a client that comes back gets the publications that it missed
 * @param retention bounds of the streams
 * @param timeToLive of a publication that names none
 * @param deduplication how repeated publications are recognised
 * @param publishesPerSecond by one client on all channels of the namespace; 0 for no limit
 * @param newChannelsPerHour that one client may begin by publishing; 0 for no limit
 */
public record Namespace(
        String name,
        AllowedClients subscribe,
        AllowedClients publish,
        AllowedClients presence,
        AllowedClients history,
        boolean userLimited,
        boolean joinLeave,
        boolean joinLeaveUnasked,
        boolean tagFilters,
        PayloadForm payload,
        boolean deltas,
        boolean recovery,
        Retention retention,
        Duration timeToLive,
        Deduplication deduplication,
        int publishesPerSecond,
        int newChannelsPerHour) {}
