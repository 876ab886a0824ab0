@org.jspecify.annotations.NullUnmarked
package io.holdfast.handlers.beans;
