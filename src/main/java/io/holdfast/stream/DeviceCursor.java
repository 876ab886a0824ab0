package io.holdfast.stream;

/**
 * What the engine keeps of one device of an outbox.
 *
 * @param device its name, up to 64 UTF-8 bytes
 * @param offset up to where it has confirmed
 * @param seenAtMillis when it was last connected, wall-clock milliseconds
 */
public record DeviceCursor(String device, long offset, long seenAtMillis) {}
