package io.holdfast.client;

import java.io.IOException;

/** The server's answer was longer than this client reads. */
public final class AnswerTooLongException extends IOException {
    private static final long serialVersionUID = 1;

    AnswerTooLongException(int maxBytes) {
        super("The answer is longer than " + (maxBytes >> 20) + " MiB");
    }
}
