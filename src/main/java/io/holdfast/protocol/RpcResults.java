package io.holdfast.protocol;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/** The data with which the server's own rpc methods answer. */
public final class RpcResults {

    /** Where a publication lies. */
    public record Place(String epoch, long offset) {}

    private RpcResults() {}

    /** Answer of {@code publish}: <code>{"id":…,"epoch":…,"offset":…,"duplicate":…}</code>. */
    public static byte[] published(String id, Place place, boolean duplicate) {
        return ("{\"id\":\"" + quoted(id) + "\",\"epoch\":\"" + quoted(place.epoch()) + "\",\"offset\":"
                        + place.offset() + ",\"duplicate\":" + duplicate + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Answer of {@code ack}: <code>{"acked":…}</code>. */
    public static byte[] acked(long offset) {
        return ("{\"acked\":" + offset + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
