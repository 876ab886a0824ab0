/** Tests of delta compression. */
@org.jspecify.annotations.NullUnmarked
package io.holdfast.protocol.fossil;
