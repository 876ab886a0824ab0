@org.jspecify.annotations.NullUnmarked
package io.holdfast.client;
