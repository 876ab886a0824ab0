package io.holdfast.protocol;

import java.util.Optional;

/**
 * A device's word that everything up to a position is processed.
 *
 * @param offset from 0
 */
public record Ack(String channel, String epoch, long offset) {

    /** Reads the data of {@code rpc "ack"}: <code>{"channel":…,"epoch":…,"offset":…}</code>. */
    public static Ack parse(byte[] data) throws InvalidFieldException {
        throw new UnsupportedOperationException();
    }

    /** Reads the data of {@code send}: <code>{"ack":{…}}</code>. Empty if it is something else, which is none of our business. */
    public static Optional<Ack> parseSend(byte[] data) throws InvalidFieldException {
        throw new UnsupportedOperationException();
    }
}
