/** Access control: tokens, namespaces, revocations, API keys, origins. Any thread. Start at {@code AccessPolicy}. */
@org.jspecify.annotations.NullMarked
package io.holdfast.access;
