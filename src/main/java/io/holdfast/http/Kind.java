package io.holdfast.http;

import io.holdfast.access.Role;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds of commands in a batch. All but {@link #SEND} have the compatible shape and ignore unknown fields. */
enum Kind {
    PUBLISH("publish", Role.PUBLISHER),
    BROADCAST("broadcast", Role.PUBLISHER),
    SEND("send", Role.PUBLISHER),
    SUBSCRIBE("subscribe", Role.ADMIN),
    UNSUBSCRIBE("unsubscribe", Role.ADMIN),
    DISCONNECT("disconnect", Role.ADMIN),
    REFRESH("refresh", Role.ADMIN),
    PRESENCE("presence", Role.READER),
    PRESENCE_STATS("presence_stats", Role.READER),
    HISTORY("history", Role.READER),
    HISTORY_REMOVE("history_remove", Role.ADMIN),
    CHANNELS("channels", Role.READER),
    INFO("info", Role.READER);

    private static final Map<String, Kind> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toMap(Kind::word, Function.identity()));

    private final String word;
    private final Role role;

    Kind(String word, Role role) {
        this.word = word;
        this.role = role;
    }

    /** @return null if there is none */
    @Nullable
    static Kind named(String word) {
        return BY_WORD.get(word);
    }

    /** As in a batch and in the path. */
    String word() {
        return word;
    }

    /** The role that a caller needs; administrators may always. */
    Role role() {
        return role;
    }

    boolean strict() {
        return this == SEND;
    }

    /** Whether it ends in publications, else it is a {@link Command}. */
    boolean publishes() {
        return this == PUBLISH || this == BROADCAST || this == SEND;
    }
}
