/** The wire: commands, replies, pushes, error and close codes, and their JSON form. No I/O, no state; any thread. Start at {@code JsonCodec}. */
@org.jspecify.annotations.NullMarked
package io.holdfast.protocol;
