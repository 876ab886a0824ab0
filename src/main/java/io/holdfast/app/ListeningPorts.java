package io.holdfast.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The addresses and TCP ports on which a process listens, as Linux tells. To connect would not do: another process may have the port. */
final class ListeningPorts {
    static final Path THIS_PROCESS = Path.of("/proc/self");

    private static final String LISTEN = "0A";
    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final int WORD_DIGITS = 8;

    private ListeningPorts() {}

    /**
     * @param process its directory in {@code /proc}
     * @throws IOException if there is none, or it may not be read
     */
    static Set<InetSocketAddress> of(Path process) throws IOException {
        Map<String, InetSocketAddress> all = new HashMap<>();
        read(process.resolve("net/tcp"), all);
        if (Files.exists(process.resolve("net/tcp6"))) {
            read(process.resolve("net/tcp6"), all);
        }
        Set<InetSocketAddress> own = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                InetSocketAddress address = all.get(target(file));
                if (address != null) {
                    own.add(address);
                }
            }
        }
        return own;
    }

    /** Adds the listening addresses, by the names of their sockets. */
    private static void read(Path table, Map<String, InetSocketAddress> addresses) throws IOException {
        for (String line : Files.readAllLines(table)) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length > INODE && fields[STATE].equals(LISTEN)) {
                addresses.put("socket:[" + fields[INODE] + "]", address(fields[ADDRESS]));
            }
        }
    }

    /** As {@code 0100007F:1F90}: words of 32 bits in this machine's order of bytes, and the port. */
    private static InetSocketAddress address(String text) throws UnknownHostException {
        int colon = text.lastIndexOf(':');
        ByteBuffer bytes = ByteBuffer.allocate(colon / 2).order(ByteOrder.nativeOrder());
        for (int word = 0; word < colon; word += WORD_DIGITS) {
            bytes.putInt(Integer.parseUnsignedInt(text.substring(word, word + WORD_DIGITS), 16));
        }
        return new InetSocketAddress(
                InetAddress.getByAddress(bytes.array()), Integer.parseInt(text.substring(colon + 1), 16));
    }

    private static String target(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException e) { // closed meanwhile
            return "";
        }
    }
}
