@org.jspecify.annotations.NullUnmarked
package io.holdfast.delivery.outbox;
