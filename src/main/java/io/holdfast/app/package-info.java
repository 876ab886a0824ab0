/** Configuration, wiring, life cycle, clocks and executors. Runs once at the start and once at the end. */
@org.jspecify.annotations.NullMarked
package io.holdfast.app;
