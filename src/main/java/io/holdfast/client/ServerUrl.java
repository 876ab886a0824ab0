package io.holdfast.client;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** The URL of a server: {@code http(s)://host:port}, perhaps with a path. */
public final class ServerUrl {
    private static final int LAST_PORT = 65_535;

    private ServerUrl() {}

    /** Reads a URL. @return null if it is not one of a server, or holds a user and password: then do not show it */
    public static @Nullable URI read(String text) {
        try {
            URI url = new URI(text);
            boolean isServers = ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getPort() != 0
                    && url.getPort() <= LAST_PORT
                    && url.getRawUserInfo() == null;
            return isServers ? url : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** The port that a URL names, or else that of its scheme. */
    public static int port(URI url) {
        boolean secure = "https".equals(url.getScheme()) || "wss".equals(url.getScheme());
        return url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
    }
}
