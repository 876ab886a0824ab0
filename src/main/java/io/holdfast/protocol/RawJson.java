package io.holdfast.protocol;

/** Checks and compacts JSON that is passed on as it is: the payloads. */
public final class RawJson {

    private RawJson() {}

    /**
     * The same single JSON value without control characters between its tokens, so that it fits into one line; numbers
     * and strings to the letter. Returns the argument itself where nothing is to be done.
     */
    public static byte[] compact(byte[] json) throws MalformedJsonException {
        throw new UnsupportedOperationException();
    }

    /** As {@link #compact(byte[])}, in UTF-8. */
    public static byte[] compact(String json) throws MalformedJsonException {
        throw new UnsupportedOperationException();
    }
}
