package io.holdfast.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text being read, value by value, with values of the wanted type or none.
 *
 * <p>Every method throws {@link IOException} (Jackson's, or {@link WrongType}) for input that is not as wanted and
 * nothing else. Reads characters and not bytes: Jackson's byte parser takes UTF-8 that is none, guesses UTF-16, and
 * keeps a table of all names it ever saw, which strangers could fill.
 */
public final class JsonInput implements AutoCloseable {

    /** Objects and arrays within each other, the frame's own included. */
    public static final int MAX_DEPTH = 64;

    /** The value that absent data has. */
    public static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(1_000)
                    .maxNameLength(50_000)
                    .maxStringLength(16 << 20)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final char[] text;

    /** The same text in bytes; null where that is not known to be one byte for each character. */
    private final byte @Nullable [] ascii;

    private final JsonParser parser;

    public JsonInput(String text) throws IOException {
        this(text, null);
        if (hasLoneSurrogate(text)) {
            throw new WrongType("a lone surrogate");
        }
    }

    /** @param utf8 must not change while it is read from @throws CharacterCodingException if it is not UTF-8 */
    public JsonInput(byte[] utf8) throws IOException {
        this(utf8, isAscii(utf8));
    }

    private JsonInput(byte[] utf8, boolean ascii) throws IOException {
        this(decoded(utf8, ascii), ascii ? utf8 : null);
    }

    private JsonInput(String text, byte @Nullable [] ascii) throws IOException {
        this.text = text.toCharArray();
        this.ascii = ascii;
        this.parser = FACTORY.createParser(this.text);
    }

    /** Decodes strictly: bytes that are not UTF-8 are refused, not replaced. So there is no lone surrogate in the text. */
    public static String utf8(byte[] bytes) throws CharacterCodingException {
        return decoded(bytes, isAscii(bytes));
    }

    private static String decoded(byte[] utf8, boolean ascii) throws CharacterCodingException {
        return ascii
                ? new String(utf8, StandardCharsets.ISO_8859_1) // a plain copy
                : StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(utf8))
                        .toString();
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    public static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** Goes to the next value at the outermost level; false at the end of the text. */
    public boolean nextValue() throws IOException {
        return parser.nextToken() != null;
    }

    /** Goes to the value of the next field of the object that was entered; null at its end. */
    @Nullable
    public String nextField() throws IOException {
        String name = parser.nextFieldName();
        if (name != null) {
            parser.nextToken();
        }
        return name;
    }

    /** Enters the present object; false if the value is {@code null}. */
    public boolean enterObject() throws IOException {
        return !isNull() && expect(JsonToken.START_OBJECT, "an object");
    }

    public boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    public boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    /** Goes to the next element of the array that was entered; false at its end. */
    public boolean nextElement() throws IOException {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    public void skip() throws IOException {
        parser.skipChildren();
        parser.finishToken();
    }

    /** The present value as it was written, in one line. */
    public byte[] raw() throws IOException {
        if (isNull()) {
            return NULL;
        }
        int start = (int) parser.currentTokenLocation().getCharOffset();
        skip();
        int end = (int) parser.currentLocation().getCharOffset();
        return RawJson.inOneLine(
                ascii == null
                        ? new String(text, start, end - start).getBytes(StandardCharsets.UTF_8)
                        : Arrays.copyOfRange(ascii, start, end));
    }

    /** The present string; null for {@code null}. */
    @Nullable
    public String stringOrNull() throws IOException {
        if (isNull()) {
            return null;
        }
        expect(JsonToken.VALUE_STRING, "a string");
        String value = parser.getText();
        if (hasLoneSurrogate(value)) { // from an escape
            throw new WrongType("a lone surrogate");
        }
        return value;
    }

    public String string() throws IOException {
        String value = stringOrNull();
        return value == null ? "" : value;
    }

    public boolean bool() throws IOException {
        if (isNull() || parser.currentToken() == JsonToken.VALUE_FALSE) {
            return false;
        }
        return expect(JsonToken.VALUE_TRUE, "a boolean");
    }

    public int integer() throws IOException {
        return isNull() || !expect(JsonToken.VALUE_NUMBER_INT, "an integer") ? 0 : parser.getIntValue();
    }

    public int naturalInteger() throws IOException {
        return natural(integer());
    }

    public long naturalLong() throws IOException {
        return isNull() || !expect(JsonToken.VALUE_NUMBER_INT, "an integer") ? 0 : natural(parser.getLongValue());
    }

    public BigDecimal decimal() throws IOException {
        if (!parser.currentToken().isNumeric()) {
            throw new WrongType("not a number");
        }
        try {
            return new BigDecimal(parser.getText());
        } catch (NumberFormatException e) { // an exponent beyond an int
            throw new WrongType("not a number that we can hold");
        }
    }

    public Map<String, String> strings() throws IOException {
        Map<String, String> values = new HashMap<>();
        if (enterObject()) {
            for (String name = nextField(); name != null; name = nextField()) {
                if (isNull() || hasLoneSurrogate(name)) {
                    throw new WrongType("not a map of strings");
                }
                values.put(name, string());
            }
        }
        return values;
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new IllegalStateException("there is nothing to close in a parser of an array", e);
        }
    }

    public boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    private boolean expect(JsonToken wanted, String words) throws WrongType {
        if (parser.currentToken() != wanted) {
            throw new WrongType("not " + words);
        }
        return true;
    }

    private static int natural(int value) throws WrongType {
        return (int) natural((long) value);
    }

    private static long natural(long value) throws WrongType {
        if (value < 0) {
            throw new WrongType("negative");
        }
        return value;
    }

    /** A value is JSON but has the wrong type. */
    public static final class WrongType extends IOException {
        private static final long serialVersionUID = 1L;

        public WrongType(String message) {
            super(message);
        }

        /** Bad input costs no stack trace. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
