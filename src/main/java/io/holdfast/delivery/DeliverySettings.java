package io.holdfast.delivery;

import java.time.Duration;

/**
 * Limits of delivery. All sizes in bytes.
 *
 * @param sendBufferBytes bound of one connection's send buffer; a live connection that exceeds it is closed as slow
 * @param frameBytes the largest frame that is built from waiting pieces
 * @param creditBytes up to this many bytes since the last answered ping are written blocking; must be well below the
 *     socket's send buffer
 * @param pingAfterBytes if more than this is unconfirmed, a frame ends with a ping
 * @param pingInterval the longest time between two pings to a connection
 * @param pongTimeout an unanswered ping older than this ends the connection
 * @param confirmInterval a connection with unconfirmed outbox pushes is pinged no more often than this
 * @param sendTimeout an asynchronous write that takes longer ends the connection
 * @param maxPublicationBytes payload, tags and id together
 * @param queueMessages the most publications that wait for the committer
 * @param queueBytes the most bytes that wait for the committer
 * @param receiptTimeout how long a publisher waits for its receipt at most, whatever the engine does
 * @param batchMessages upper bound of one commit
 * @param batchBytes upper bound of one commit
 * @param readers how many recovery reads run at the same time
 * @param devicesPerClient the most devices of a client; above this the least recently seen one is forgotten
 * @param drainTimeout how long a drain waits for send buffers to be written
 * @param breaker of recipients
 * @param admission how many connections there may be
 * @param poison when a message that crashes its client is given up
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
        Duration receiptTimeout,
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
                Duration.ofSeconds(5),
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
