package io.holdfast.stream;

/** A backup was not started. The message says why, and can be shown to the administrator. */
public class BackupRefusedException extends RuntimeException {
    public BackupRefusedException(String message) {
        super(message);
    }
}
