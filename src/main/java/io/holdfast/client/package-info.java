/**
 * What a program needs that uses a gateway from outside: calls of the server API ({@link io.holdfast.client.ApiClient}), a
 * WebSocket ({@link io.holdfast.client.WebSocket}), JSON ({@link io.holdfast.client.Json}), tokens ({@link
 * io.holdfast.client.Tokens}), and whose certificates it trusts ({@link io.holdfast.client.Trust}). The tools stand on it; it
 * knows none of them, and nothing of the server.
 */
@NullMarked
package io.holdfast.client;

import org.jspecify.annotations.NullMarked;
