package io.holdfast.stream;

import java.net.URI;

/**
 * How the other nodes reach a node.
 *
 * @param url of its server, such as {@code http://10.0.0.7:9080}; absolute, at most 500 characters
 * @param version of its software, for people to read; at most 100 characters
 */
public record NodeAddress(URI url, String version) {
    private static final int MOST_URL = 500;
    private static final int MOST_VERSION = 100;

    public NodeAddress {
        if (url.getHost() == null || url.toString().length() > MOST_URL) {
            throw new IllegalArgumentException(
                    "not a URL with a host, or longer than " + MOST_URL + " characters: " + url);
        }
        if (version.length() > MOST_VERSION) {
            throw new IllegalArgumentException("longer than " + MOST_VERSION + " characters: " + version);
        }
    }
}
