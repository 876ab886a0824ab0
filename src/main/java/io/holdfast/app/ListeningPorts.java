package io.holdfast.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The TCP ports on which a process listens, as Linux tells. To connect would not do: another process may have the port. */
final class ListeningPorts {
    private static final String LISTEN = "0A";
    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private ListeningPorts() {}

    /**
     * @param process its directory in {@code /proc}
     * @throws IOException if there is none, or it may not be read
     */
    static Set<Integer> of(Path process) throws IOException {
        Map<String, Integer> all = new HashMap<>();
        read(process.resolve("net/tcp"), all);
        if (Files.exists(process.resolve("net/tcp6"))) {
            read(process.resolve("net/tcp6"), all);
        }
        Set<Integer> own = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                Integer port = all.get(target(file));
                if (port != null) {
                    own.add(port);
                }
            }
        }
        return own;
    }

    /** Adds the listening ports, by the names of their sockets. */
    private static void read(Path table, Map<String, Integer> ports) throws IOException {
        for (String line : Files.readAllLines(table)) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length > INODE && fields[STATE].equals(LISTEN)) {
                String address = fields[ADDRESS];
                ports.put(
                        "socket:[" + fields[INODE] + "]",
                        Integer.valueOf(address.substring(address.lastIndexOf(':') + 1), 16));
            }
        }
    }

    private static String target(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException e) { // closed meanwhile
            return "";
        }
    }
}
