/** The load program: drives a running gateway from outside and reports figures. A process of its own. */
@org.jspecify.annotations.NullMarked
package io.holdfast.bench;
