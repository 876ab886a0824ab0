package io.holdfast.app;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code holdfast.cluster} and {@code holdfast.cluster.*}. */
final class ClusterKeys {
    private static final Pattern ADDRESS =
            Pattern.compile("https?://(\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?/?");

    private final Keys keys;

    ClusterKeys(Keys keys) {
        this.keys = keys;
    }

    ClusterSettings read() {
        return new ClusterSettings(keys.flag(ClusterSettings.KEY, false), address());
    }

    private @Nullable URI address() {
        String value = keys.text(ClusterSettings.ADDRESS, "");
        if (value.isEmpty()) {
            return null;
        }
        try {
            if (ADDRESS.matcher(value).matches()) {
                return new URI(value).parseServerAuthority();
            }
        } catch (URISyntaxException e) {
            // the same message as for another form
        }
        keys.refuse(ClusterSettings.ADDRESS, value, ClusterSettings.ADDRESS_ALLOWS);
        return null;
    }
}
