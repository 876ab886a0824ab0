package io.holdfast.http.fallback;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.holdfast.commands.Format;
import io.holdfast.delivery.Ending;
import io.holdfast.protocol.Codec;
import io.holdfast.protocol.JsonCodec;
import io.holdfast.protocol.ProtobufCodec;
import java.util.Arrays;

/** How frames are separated in the body of a response. Stateless; any thread. */
enum Framing {
    /** Each piece of a frame is a line: the frame's own separator serves for this. White space before a line is nothing. */
    LINES("http_stream", "application/x-ndjson", "", "\n", "\n", " "),

    /** A frame is a server-sent event (HTML standard, section 9.2); its pieces are the lines of the event's data. */
    EVENTS("sse", "text/event-stream", "data: ", "\ndata: ", "\n\n", ":\n"),

    /** Protobuf: the pieces have their lengths before them. A reply with a push in which nothing is says nothing. */
    MESSAGES("http_stream", "application/octet-stream", "", "", "", "\2\"\0");

    private static final Codec JSON = new JsonCodec();
    private static final Codec PROTOBUF = new ProtobufCodec();

    private final String transport;
    private final String contentType;
    private final byte[] begin;
    private final byte[] lineBreak;
    private final byte[] end;
    private final byte[] nothing;

    Framing(String transport, String contentType, String begin, String lineBreak, String end, String nothing) {
        this.transport = transport;
        this.contentType = contentType;
        this.begin = begin.getBytes(US_ASCII);
        this.lineBreak = lineBreak.getBytes(US_ASCII);
        this.end = end.getBytes(US_ASCII);
        this.nothing = nothing.getBytes(US_ASCII);
    }

    /** The transport's name in the client protocol. */
    String transport() {
        return transport;
    }

    String contentType() {
        return contentType;
    }

    Format format() {
        return this == MESSAGES ? Format.PROTOBUF : Format.JSON;
    }

    /** What may stand between two frames and tells the client nothing. */
    byte[] nothing() {
        return nothing.clone();
    }

    /** A frame as it goes into the body; a new array. */
    byte[] framed(byte[] frame, int length) {
        if (this == MESSAGES) {
            return Arrays.copyOf(frame, length);
        }
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
        byte[] push = (this == MESSAGES ? PROTOBUF : JSON).disconnectPush(code, ending.reason(), reconnect);
        return framed(push, push.length);
    }

    private static int put(byte[] bytes, byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
        return at + bytes.length;
    }
}
