package io.holdfast.json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Checks and compacts JSON that is passed on unchanged: the payloads. */
public final class RawJson {

    private RawJson() {}

    /**
     * The same single JSON value in one line; numbers and strings to the letter. White space between its tokens is
     * removed if there are line breaks or other control characters in it. Returns the argument itself where nothing is
     * to be done.
     *
     * @throws MalformedJsonException if it is not one JSON value in UTF-8, or nested deeper than 64
     */
    public static byte[] compact(byte[] json) throws MalformedJsonException {
        try (JsonInput in = new JsonInput(json)) {
            check(in);
        } catch (IOException e) {
            throw malformed();
        }
        return inOneLine(json);
    }

    /** As {@link #compact(byte[])}, in UTF-8. */
    public static byte[] compact(String json) throws MalformedJsonException {
        try (JsonInput in = new JsonInput(json)) {
            check(in);
        } catch (IOException e) {
            throw malformed();
        }
        return inOneLine(json.getBytes(StandardCharsets.UTF_8));
    }

    /** For what is known to be one JSON value. */
    static byte[] inOneLine(byte[] json) {
        return isOneLine(json) ? json : withoutWhiteSpace(json);
    }

    private static void check(JsonInput in) throws IOException {
        if (!in.nextValue()) {
            throw new JsonInput.WrongType("nothing");
        }
        in.skip();
        if (in.nextValue()) {
            throw new JsonInput.WrongType("more than one value");
        }
    }

    private static boolean isOneLine(byte[] json) {
        for (byte b : json) {
            if (b >= 0 && b < ' ') {
                return false;
            }
        }
        return true;
    }

    private static byte[] withoutWhiteSpace(byte[] json) {
        byte[] kept = new byte[json.length];
        int length = 0;
        boolean inString = false;
        for (int i = 0; i < json.length; i++) {
            byte b = json[i];
            if (inString) {
                if (b == '\\') {
                    kept[length++] = b;
                    b = json[++i];
                } else if (b == '"') {
                    inString = false;
                }
            } else if (b == '"') {
                inString = true;
            } else if (b >= 0 && b <= ' ') {
                continue;
            }
            kept[length++] = b;
        }
        return Arrays.copyOf(kept, length);
    }

    private static MalformedJsonException malformed() {
        return new MalformedJsonException(
                "not one JSON value in UTF-8, nested at most " + JsonInput.MAX_DEPTH + " deep");
    }
}
