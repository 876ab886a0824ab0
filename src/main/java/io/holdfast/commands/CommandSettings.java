package io.holdfast.commands;

import java.time.Duration;

/**
 * Limits of a client's commands.
 *
 * @param version of the server, sent to clients
 * @param node name of this node, sent to clients
 * @param pingInterval sent to clients in whole seconds
 * @param connectTimeout a connection that has not sent connect by then is closed with 3502
 * @param expiryGrace a connection whose token has expired for so long is closed with 3005
 * @param maxFrameBytes of a frame from a client
 * @param maxFrameCommands in one frame
 * @param commandsPerSecond of one connection, with two seconds' worth at once; 0 for no limit
 * @param maxChannels subscribed by one connection, its outbox not counted
 * @param serverTags which clients get the server's tags with their publications
 */
public record CommandSettings(
        String version,
        String node,
        Duration pingInterval,
        Duration connectTimeout,
        Duration expiryGrace,
        int maxFrameBytes,
        int maxFrameCommands,
        int commandsPerSecond,
        int maxChannels,
        ServerTags serverTags) {}
