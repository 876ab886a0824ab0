/** Who may do what: tokens, API keys, channel permissions. Stateless; any thread. Start at {@code AccessPolicy}. */
@org.jspecify.annotations.NullMarked
package io.holdfast.access;
