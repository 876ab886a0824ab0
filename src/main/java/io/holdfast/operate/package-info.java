/** What operators see: health. Beans that the runtime asks, on its threads; they read cached state and never wait. */
@org.jspecify.annotations.NullMarked
package io.holdfast.operate;
