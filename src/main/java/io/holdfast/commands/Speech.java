package io.holdfast.commands;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.protocol.Codec;

/**
 * A form of the wire as conversations and delivery need it. There is one of each, because delivery encodes a publication once for each
 * {@link WireFormat}.
 *
 * @param plain without the server's tags
 * @param tagged with them, otherwise equal
 */
record Speech(Codec codec, WireFormat plain, WireFormat tagged) {

    static Speech of(Codec codec, byte[] separator, DeliveryClock clock) {
        return new Speech(
                codec, new CodecFormat(codec, separator, clock, false), new CodecFormat(codec, separator, clock, true));
    }

    WireFormat format(boolean withTags) {
        return withTags ? tagged : plain;
    }
}
