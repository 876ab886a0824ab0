package io.holdfast.handlers.backend;

/**
 * A back end answers that it gets too many requests (429), perhaps from this client alone: so it neither fails, nor is it asked again
 * for the same call.
 */
public class BackendBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BackendBusyException() {
        super("status " + BackendClient.TOO_MANY_REQUESTS);
    }
}
