package io.holdfast.access;

/** What the payloads of a namespace are. */
public enum PayloadForm {
    /** One JSON value each. */
    JSON,
    /** Any bytes: subscribers over JSON are closed by a payload that is not JSON. */
    ANY
}
