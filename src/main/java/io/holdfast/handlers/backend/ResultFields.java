package io.holdfast.handlers.backend;

import io.holdfast.delivery.OutsideTime;
import io.holdfast.json.JsonInput;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of a {@code result}, by name, each of the type that its name has in all replies. */
final class ResultFields {
    static final List<String> CONNECT =
            List.of("user", "device", "expire_at", "info", "b64info", "data", "b64data", "channels", "subs", "meta");
    static final List<String> REFRESH = List.of("expired", "expire_at", "info", "b64info");
    static final List<String> SUBSCRIBE = List.of("expire_at", "info", "b64info", "data", "b64data", "override");
    static final List<String> PUBLISH = List.of("data", "b64data", "tags", "done");
    static final List<String> RPC = List.of("data", "b64data");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,40}");
    private static final String BASE64 = "b64";

    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, Boolean> overrides = new HashMap<>();
    private final List<String> channels = new ArrayList<>();

    private ResultFields() {}

    /** Reads the present object. A null is as if it were not there. */
    static ResultFields read(JsonInput json, List<String> known) throws IOException {
        ResultFields fields = new ResultFields();
        json.enterObject();
        for (String name = json.nextField(); name != null; name = json.nextField()) {
            if (!json.isNull()) {
                if (!known.contains(name)) {
                    throw unknown(name);
                }
                fields.take(name, json);
            }
        }
        return fields;
    }

    static BadReplyException unknown(String name) {
        return new BadReplyException("Holdfast does not understand its field "
                + (NAME.matcher(name).matches() ? name : "with a name that is none"));
    }

    private void take(String name, JsonInput json) throws IOException {
        switch (name) {
            case "user", "device" -> values.put(name, json.string());
            case "expired", "done" -> values.put(name, json.bool());
            case "expire_at" -> values.put(name, json.naturalLong());
            case "tags" -> values.put(name, json.strings());
            case "channels" -> readChannels(json);
            case "subs" -> readSubs(json);
            case "override" -> readOverrides(json);
            case "b64info", "b64data" -> values.put(name.substring(BASE64.length()), decoded(name, json.string()));
            default -> values.put(name, json.raw());
        }
    }

    private static byte[] decoded(String name, String base64) {
        try {
            return RawJson.compact(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException | MalformedJsonException e) {
            throw new BadReplyException(name + " is not JSON in base64");
        }
    }

    private void readChannels(JsonInput json) throws IOException {
        if (!json.isArray()) {
            throw new BadReplyException("channels is not an array");
        }
        while (json.nextElement()) {
            channels.add(json.string());
        }
    }

    /** Only the names: what the options of each would say is not understood. */
    private void readSubs(JsonInput json) throws IOException {
        json.enterObject();
        for (String channel = json.nextField(); channel != null; channel = json.nextField()) {
            channels.add(channel);
            if (json.enterObject()) {
                String option = json.nextField();
                if (option != null) {
                    throw unknown(option);
                }
            }
        }
    }

    private void readOverrides(JsonInput json) throws IOException {
        json.enterObject();
        for (String name = json.nextField(); name != null; name = json.nextField()) {
            if (json.isNull()) {
                continue;
            }
            if (!name.equals("join_leave") && !name.equals("force_recovery")) {
                throw unknown(name);
            }
            boolean value = false;
            json.enterObject();
            for (String inner = json.nextField(); inner != null; inner = json.nextField()) {
                if (!inner.equals("value")) {
                    throw unknown(inner);
                }
                value = json.bool();
            }
            overrides.put(name, value);
        }
    }

    List<String> channels() {
        return channels;
    }

    @Nullable
    Boolean override(String name) {
        return overrides.get(name);
    }

    @Nullable
    String text(String name) {
        return (String) values.get(name);
    }

    boolean flag(String name) {
        return values.get(name) == Boolean.TRUE;
    }

    byte @Nullable [] json(String name) {
        return (byte[]) values.get(name);
    }

    /** When it expires; null for never, which is also what 0 says. */
    @Nullable
    Instant moment() {
        Long seconds = (Long) values.get("expire_at");
        return seconds == null || seconds == 0
                ? null
                : OutsideTime.atMost(Instant.ofEpochSecond(Math.min(seconds, Instant.MAX.getEpochSecond())));
    }

    /** Null for those of the client. */
    @SuppressWarnings("unchecked")
    @Nullable
    Map<String, String> tags() {
        return (Map<String, String>) values.get("tags");
    }
}
