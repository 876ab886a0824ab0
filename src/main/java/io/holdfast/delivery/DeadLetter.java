package io.holdfast.delivery;

import java.util.Map;

/**
 * A message that was given up for one device.
 *
 * @param number the number of the letter in the list
 * @param client the recipient
 * @param device the device that gave the message up
 * @param id the message id
 * @param offset in the client's outbox
 * @param attempts the number of failed attempts
 * @param deadAtMillis when it was given up
 * @param publishedAtMillis when it was published
 * @param payload UTF-8 bytes of one JSON value, or an {@link io.holdfast.stream.OpaquePayload}; must not be written to
 * @param tags the publisher's
 */
public record DeadLetter(
        long number,
        String client,
        String device,
        String id,
        long offset,
        int attempts,
        long deadAtMillis,
        long publishedAtMillis,
        byte[] payload,
        Map<String, String> tags) {}
