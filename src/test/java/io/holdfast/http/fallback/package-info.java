/** Tests of the fallback transports without a container. */
@org.jspecify.annotations.NullUnmarked
package io.holdfast.http.fallback;
