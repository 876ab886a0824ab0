/** Tests of the links between nodes, most of them in moved time and without a network. */
@org.jspecify.annotations.NullUnmarked
package io.holdfast.cluster;
