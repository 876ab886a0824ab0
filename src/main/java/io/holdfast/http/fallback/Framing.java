package io.holdfast.http.fallback;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.holdfast.delivery.Ending;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.JsonCodec;

/** How frames are separated in the body of a response. Stateless; any thread. */
enum Framing {
    /** Each piece of a frame is a line: the frame's own separator serves for this. */
    LINES("application/x-ndjson", "", "\n", "\n"),

    /** A frame is a server-sent event (HTML standard, section 9.2); its pieces are the lines of the event's data. */
    EVENTS("text/event-stream", "data: ", "\ndata: ", "\n\n");

    private static final Codec CODEC = new JsonCodec();

    private final String contentType;
    private final byte[] begin;
    private final byte[] lineBreak;
    private final byte[] end;

    Framing(String contentType, String begin, String lineBreak, String end) {
        this.contentType = contentType;
        this.begin = begin.getBytes(US_ASCII);
        this.lineBreak = lineBreak.getBytes(US_ASCII);
        this.end = end.getBytes(US_ASCII);
    }

    String contentType() {
        return contentType;
    }

    /** A frame as it goes into the body; a new array. */
    byte[] framed(byte[] frame, int length) {
        int breaks = 0;
        for (int i = 0; i < length; i++) {
            if (frame[i] == '\n') {
                breaks++;
            }
        }
        byte[] framed = new byte[begin.length + length + breaks * (lineBreak.length - 1) + end.length];
        int at = put(begin, framed, 0);
        for (int i = 0; i < length; i++) {
            if (frame[i] == '\n') {
                at = put(lineBreak, framed, at);
            } else {
                // It would end a line of an event too; in JSON it can only be white space between tokens.
                framed[at++] = frame[i] == '\r' ? (byte) ' ' : frame[i];
            }
        }
        put(end, framed, at);
        return framed;
    }

    /** The announcement of a close, framed: these transports have no close code of their own. */
    byte[] farewell(Ending ending) {
        int code = ending.code();
        boolean reconnect = code < 3500 || (code >= 4000 && code < 4500);
        byte[] push = CODEC.disconnectPush(code, ending.reason(), reconnect);
        return framed(push, push.length);
    }

    private static int put(byte[] bytes, byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
        return at + bytes.length;
    }
}
