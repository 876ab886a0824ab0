/**
 * The wire: commands, replies, pushes, error and close codes, and their JSON form. No I/O, no state; any thread. Start at
 * {@code JsonCodec}; what users see of it is told in {@code docs/protocol.md}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.protocol;
