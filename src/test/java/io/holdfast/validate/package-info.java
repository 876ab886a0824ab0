@org.jspecify.annotations.NullUnmarked
package io.holdfast.validate;
