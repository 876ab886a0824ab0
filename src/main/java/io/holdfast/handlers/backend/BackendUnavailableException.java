package io.holdfast.handlers.backend;

import org.jspecify.annotations.Nullable;

/** A back end cannot be reached, is late, breaks off, or says that it has no time. Whether it did the work is not known. */
public class BackendUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BackendUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
