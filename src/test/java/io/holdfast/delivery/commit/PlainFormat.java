package io.holdfast.delivery.commit;

import io.holdfast.delivery.Member;
import io.holdfast.delivery.WireFormat;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A wire format that a test can read: {@code channel offset payload}, pings are {@code ping}. */
public final class PlainFormat implements WireFormat {
    public static final PlainFormat INSTANCE = new PlainFormat();

    /** Called by whoever encodes a publication. */
    public static volatile Runnable before = () -> {};

    /** This many publications fail with an Error. */
    public static final AtomicInteger FAILS = new AtomicInteger();

    @Override
    public byte[] publication(String channel, Publication publication) {
        before.run();
        if (FAILS.get() > 0 && FAILS.getAndDecrement() > 0) {
            throw new AssertionError("as the test asked");
        }
        return (channel + " " + publication.offset() + " " + new String(publication.payload(), StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** {@code channel offset payload} behind {@code whole}, or behind {@code delta} and the offset that it goes on from. */
    @Override
    public byte[] compressed(String channel, Publication publication, @Nullable Publication previous) {
        String form = previous == null ? "whole " : "delta " + previous.offset() + " ";
        return bytes(form + new String(publication(channel, publication), StandardCharsets.UTF_8));
    }

    @Override
    public byte[] joined(String channel, Member member) {
        return bytes("join " + channel + " " + member.client());
    }

    @Override
    public byte[] left(String channel, Member member) {
        return bytes("leave " + channel + " " + member.client());
    }

    @Override
    public byte[] subscribed(String channel, Position from, byte @Nullable [] data) {
        return bytes("subscribed " + channel + " " + from.offset());
    }

    @Override
    public byte[] unsubscribed(String channel, int code, String reason) {
        return bytes("unsubscribed " + channel + " " + code);
    }

    @Override
    public byte[] refreshed(long ttl) {
        return bytes("refreshed " + ttl);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] ping() {
        return "ping".getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] separator() {
        return new byte[] {'\n'};
    }
}
