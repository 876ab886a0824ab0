/**
 * The wire: commands, replies, pushes, error and close codes, and their forms in JSON and Protobuf. No I/O, no state; any thread.
 * Start at {@code JsonCodec}; the schema of Protobuf is {@code src/main/proto/client.proto}; {@code docs/protocol.md} describes it for users.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.protocol;
