package io.holdfast.delivery;

import java.time.Duration;

/**
 * Limits of delivery. All sizes in bytes.
 *
 * @param sendBufferBytes bound of one connection's send buffer; a live connection that exceeds it is closed as slow
 * @param frameBytes a frame holds what waits, up to this
 * @param creditBytes up to so many bytes since the last answered ping are written blocking; must lie well below the
 *     socket's send buffer
 * @param pingAfterBytes with more than this unconfirmed a ping rides at the end of the frame
 * @param pingInterval a connection is pinged at least so often
 * @param pongTimeout an unanswered ping older than this ends the connection
 * @param confirmInterval a connection with unconfirmed outbox pushes is pinged no more often than this
 * @param sendTimeout an asynchronous write that takes longer ends the connection
 * @param maxPublicationBytes payload, tags and id together
 * @param queueMessages bound of what waits for the committer
 * @param queueBytes bound of what waits for the committer
 * @param batchMessages upper bound of one commit
 * @param batchBytes upper bound of one commit
 * @param readers how many recovery reads run at the same time
 * @param devicesPerClient the least recently seen is forgotten above this
 * @param drainTimeout a drain waits no longer for buffers to be written
 * @param breaker of recipients
 * @param admission how many connections there may be
 * @param poison messages that their clients do not survive
 */
public record DeliverySettings(
        int sendBufferBytes,
        int frameBytes,
        int creditBytes,
        int pingAfterBytes,
        Duration pingInterval,
        Duration pongTimeout,
        Duration confirmInterval,
        Duration sendTimeout,
        int maxPublicationBytes,
        int queueMessages,
        long queueBytes,
        int batchMessages,
        int batchBytes,
        int readers,
        int devicesPerClient,
        Duration drainTimeout,
        AdmissionSettings admission,
        BreakerSettings breaker,
        PoisonSettings poison) {

    public static DeliverySettings defaults() {
        return new DeliverySettings(
                1 << 20,
                32 << 10,
                32 << 10,
                16 << 10,
                Duration.ofSeconds(25),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                60 << 10,
                65_536,
                64L << 20,
                2_048,
                4 << 20,
                2,
                16,
                Duration.ofSeconds(30),
                AdmissionSettings.defaults(),
                BreakerSettings.defaults(),
                PoisonSettings.defaults());
    }
}
