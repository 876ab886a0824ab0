/**
 * Delta compression in the format of Fossil. No I/O, no threads. Start reading at {@link io.holdfast.protocol.fossil.FossilDelta}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.protocol.fossil;
