@org.jspecify.annotations.NullUnmarked
package io.holdfast.commands;
