package io.holdfast.delivery;

import java.util.Map;

/**
 * A message that was given up for a device that did not survive it.
 *
 * @param number by which it is addressed in the list
 * @param client whose message
 * @param device which device did not survive it
 * @param id the message id
 * @param offset in the client's outbox
 * @param attempts failed ones
 * @param deadAtMillis when it was given up
 * @param publishedAtMillis when it was published
 * @param payload UTF-8 bytes of one JSON value; must not be written to
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
