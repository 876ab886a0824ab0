/** Health and metrics, for operators. Runs on threads of the runtime; reads cached state and never waits. */
@org.jspecify.annotations.NullMarked
package io.holdfast.operate;
