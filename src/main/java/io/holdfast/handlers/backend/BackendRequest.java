package io.holdfast.handlers.backend;

import java.net.URI;
import java.util.Map;

/**
 * A request to a back end. All its attempts have the same id and body.
 *
 * @param id unique for all time
 * @param headers passed on from the client's handshake
 */
public record BackendRequest(URI url, String id, byte[] body, Map<String, String> headers) {}
