package io.holdfast.app;

import io.holdfast.app.EngineSettings.Kind;
import io.holdfast.stream.postgresql.Durability;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which engine there is: {@code holdfast.engine} and {@code holdfast.engine.*}. */
final class EngineKeys {
    private static final String PREFIX = "holdfast.engine";
    private static final Pattern URL = Pattern.compile("jdbc:postgresql:(?!.*[?&](?i:password)=).+");

    private final Keys keys;

    EngineKeys(Keys keys) {
        this.keys = keys;
    }

    EngineSettings read() {
        return new EngineSettings(
                keys.choice(PREFIX, Kind.ROCKSDB),
                keys.choice(PREFIX + ".durability", Durability.LOCAL),
                keys.text(PREFIX + ".datasource", "jdbc/holdfast"),
                url(PREFIX + ".url"),
                text(PREFIX + ".user"),
                password(PREFIX + ".password"),
                keys.integer(PREFIX + ".connections", 8, 2, 100),
                keys.duration(
                        PREFIX + ".socket-timeout",
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(5)));
    }

    private @Nullable String text(String key) {
        String value = keys.text(key, "");
        return value.isEmpty() ? null : value;
    }

    private @Nullable String url(String key) {
        @Nullable String value = text(key);
        if (value != null && !URL.matcher(value).matches()) {
            keys.refuse(key, "(hidden)", "a URL like jdbc:postgresql://db.example:5432/holdfast, without a password");
        }
        return value;
    }

    /** A file's last line break is not part of it. */
    private @Nullable String password(String key) {
        @Nullable String value = text(key);
        try {
            return value == null ? null : Keys.content(value).stripTrailing();
        } catch (IOException | InvalidPathException e) {
            keys.refuse(key, String.valueOf(value), "a password, or file:<path> of a readable file that contains it");
            return null;
        }
    }
}
