/**
 * Reading and writing JSON within bounds, for the rooms that speak it: {@link io.holdfast.json.JsonInput} refuses what is nested
 * too deep, is not UTF-8 or holds half a character; {@link io.holdfast.json.JsonOutput} writes bytes;
 * {@link io.holdfast.json.RawJson} checks values that are passed on as they are. No I/O.
 *
 * <p>Threads: a reader and a writer belong to one.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.json;
