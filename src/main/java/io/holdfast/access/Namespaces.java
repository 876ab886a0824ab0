package io.holdfast.access;

import io.holdfast.delivery.Names;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All namespaces. Finds the namespace of a channel. Immutable; any thread. */
public final class Namespaces {

    private static final char SEPARATOR = ':';

    /** Before a namespace: the channel is in it all the same. */
    private static final String PRIVATE = "$";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final Namespace outboxes;
    private final Namespace unnamed;
    private final Map<String, Namespace> named;
    private final boolean open;

    /**
     * @param outboxes what applies to outboxes; who may do what with them is not up to it
     * @param unnamed of channels without colon
     * @param open whether channels of unknown namespaces lie in the one without name, as in insecure mode
     * @throws IllegalArgumentException if a name is not one, or is there twice
     */
    public Namespaces(Namespace outboxes, Namespace unnamed, List<Namespace> named, boolean open) {
        this.outboxes = outboxes;
        this.unnamed = unnamed;
        this.open = open;
        for (Namespace namespace : named) {
            if (!isName(namespace.name())) {
                throw new IllegalArgumentException(
                        "the name of a namespace must have 1 to 64 letters, digits, - or _: not " + namespace.name());
            }
        }
        try {
            this.named = named.stream().collect(Collectors.toUnmodifiableMap(Namespace::name, Function.identity()));
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("a namespace is listed twice", e);
        }
    }

    /** Whether it is letters, digits, hyphens and underscores of ASCII, 1 to 64. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The namespace of a channel; null if it does not exist. */
    @Nullable
    Namespace find(String channel) {
        if (Names.isOutbox(channel)) {
            return outboxes;
        }
        int end = channel.indexOf(SEPARATOR);
        if (end < 0) {
            return unnamed;
        }
        Namespace found = named.get(channel.substring(isPrivate(channel) ? PRIVATE.length() : 0, end));
        return found == null && open ? unnamed : found;
    }

    /** Whether a channel is only for clients with a subscription token, whatever its namespace says: {@code $orders:7}. */
    static boolean isPrivate(String channel) {
        return channel.startsWith(PRIVATE);
    }

    /** Whether there is a namespace. @param name empty for the one without name */
    public boolean has(String name) {
        return name.isEmpty() || named.containsKey(name);
    }

    /** Whether there are channels to which clients may publish without a decision of the application. */
    public boolean clientsMayPublish() {
        return Stream.concat(Stream.of(unnamed), named.values().stream())
                .anyMatch(namespace -> namespace.publish() != AllowedClients.NOBODY);
    }

    /** As {@link #find}, for storing: a channel in no namespace is kept as long as one without. */
    public Namespace storing(String channel) {
        Namespace found = find(channel);
        return found == null ? unnamed : found;
    }

    @Override
    public String toString() {
        return named.keySet() + (open ? ", open" : "");
    }
}
