package io.holdfast.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.client.Frames;
import io.holdfast.client.ServerSide;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of a few lines for the load program's tests: channels and outboxes in memory, and a mischief that it can be told
 * to do to every 97th message. A thread for each connection; one lock for everything.
 */
final class MockServer implements AutoCloseable {

    enum Mischief {
        NONE,
        DROP,
        DOUBLE,
        REORDER,
        CORRUPT,
        MISROUTE,
        REFUSE,
        CLOSE
    }

    private static final Pattern CLIENT = Pattern.compile("\"client\":\"([^\"]*)\"");
    private static final Pattern SEND = Pattern.compile("\\{\"client\":\"([^\"]*)\",\"data\":(\\{[^}]*\\})\\}");
    private static final Pattern PUBLISH = Pattern.compile("\\{\"channel\":\"([^\"]*)\",\"data\":(\\{[^}]*\\})\\}");

    private static final Pattern COMMAND =
            Pattern.compile("\\{\"id\":(\\d+),\"publish\":\\{\"channel\":\"([^\"]*)\",\"data\":(\\{[^}]*\\})\\}\\}");

    private final ServerSocket server;
    private final Mischief mischief;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, List<String>> away = new HashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final List<Socket> sockets = new ArrayList<>();
    private int handled;
    private long acknowledged;
    private int requestsWithoutKey;

    MockServer(Mischief mischief) throws IOException {
        this(mischief, 0);
    }

    private MockServer(Mischief mischief, int port) throws IOException {
        this.mischief = mischief;
        this.server = new ServerSocket(port, 500, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** A server in a process of its own, until it is killed. @param arguments the port */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        new MockServer(Mischief.NONE, Integer.parseInt(arguments[0]));
        Thread.currentThread().join();
    }

    int port() {
        return server.getLocalPort();
    }

    synchronized int requestsWithoutKey() {
        return requestsWithoutKey;
    }

    @Override
    public void close() throws IOException {
        server.close();
        synchronized (this) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket socket = server.accept();
            socket.setTcpNoDelay(true);
            synchronized (this) {
                sockets.add(socket);
            }
            start(() -> serve(socket));
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // the other side has gone, or the test is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        OutputStream out = socket.getOutputStream();
        while (true) {
            String request = ServerSide.head(in);
            if (request.isEmpty()) {
                return;
            }
            if (!ServerSide.header(request, "upgrade").isEmpty()) {
                out.write(ServerSide.upgraded(request));
                new Member(out).converse(in);
                return;
            }
            boolean key = ServerSide.header(request, "x-api-key").equals("dev");
            String body = new String(
                    in.readNBytes(Integer.parseInt("0" + ServerSide.header(request, "content-length"))), UTF_8);
            String answer = answer(request, body, key);
            // In two chunks, so that the client has to join them.
            int half = answer.length() / 2;
            out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(answer.substring(0, half))
                            + chunk(answer.substring(half)) + chunk(""))
                    .getBytes(UTF_8));
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private synchronized String answer(String request, String body, boolean key) throws IOException {
        requestsWithoutKey += key ? 0 : 1;
        if (request.startsWith("GET /api/metrics")) {
            return "{\"connections\":1,\"acknowledged\":" + acknowledged + ",\"queued\":0}";
        }
        Matcher publish = PUBLISH.matcher(body);
        while (publish.find()) {
            if (mischief == Mischief.REFUSE && handled++ % 97 == 96) {
                return "{\"error\":{\"code\":100,\"message\":\"internal\"}}";
            }
            publish(publish.group(1), publish.group(2));
        }
        Matcher send = SEND.matcher(body);
        while (send.find()) {
            send(send.group(1), send.group(2));
        }
        return "{\"id\":\"x\",\"replies\":[]}";
    }

    private void publish(String channel, String data) throws IOException {
        offsets.merge(channel, 1L, Long::sum);
        for (Member member : new ArrayList<>(members.values())) {
            if (!member.publisher) {
                deliver(member, push(channel, data));
            }
        }
    }

    private void send(String client, String data) throws IOException {
        offsets.merge("#" + client, 1L, Long::sum);
        String push = push("#" + client, data);
        Member member = members.get(client);
        if (member != null && mischief == Mischief.MISROUTE && handled++ % 97 == 96) {
            member = members.values().stream()
                    .filter(other -> other != members.get(client))
                    .findFirst()
                    .orElseThrow();
        }
        if (member == null) {
            away.computeIfAbsent(client, name -> new ArrayList<>()).add(push);
        } else {
            member.unconfirmed++;
            deliver(member, push);
            member.say("{}");
        }
    }

    private String push(String channel, String data) {
        return "{\"push\":{\"channel\":\"" + channel + "\",\"pub\":{\"data\":" + data + ",\"offset\":"
                + offsets.get(channel) + ",\"tags\":{\"id\":\"x\"}}}}";
    }

    /** One message to one client, with the mischief. */
    private void deliver(Member member, String push) throws IOException {
        boolean chosen = mischief != Mischief.MISROUTE && handled++ % 97 == 96;
        switch (chosen ? mischief : Mischief.NONE) {
            case DROP -> {}
            case DOUBLE -> member.say(push + "\n" + push);
            case CORRUPT -> member.say(push.replace("abcdef", "abcxef"));
            case REORDER -> {
                member.heldBack = push;
                return;
            }
            case CLOSE -> member.out.write(new byte[] {(byte) 0x88, 6, 0x0b, (byte) 0xc0, 's', 'l', 'o', 'w'});
            default -> member.say(push);
        }
        if (!member.heldBack.isEmpty()) {
            member.say(member.heldBack);
            member.heldBack = "";
        }
    }

    /** One WebSocket connection. */
    private final class Member {
        private final OutputStream out;
        private String heldBack = "";
        private int unconfirmed;
        private boolean publisher;

        Member(OutputStream out) {
            this.out = out;
        }

        void converse(DataInputStream in) throws IOException {
            String client = "";
            try {
                while (true) {
                    ServerSide.Frame frame = ServerSide.read(in);
                    String text = new String(frame.payload(), UTF_8);
                    if (frame.opcode() == Frames.CLOSE) {
                        synchronized (MockServer.this) {
                            members.remove(client, this); // before the answer: what is sent after it waits
                        }
                        out.write(new byte[] {(byte) 0x88, 2, 3, (byte) 0xe8});
                        return;
                    }
                    synchronized (MockServer.this) {
                        if (text.equals("{}")) {
                            acknowledged += unconfirmed;
                            unconfirmed = 0;
                        } else if (text.contains("\"publish\":")) {
                            commands(text);
                        } else {
                            client = greet(text);
                        }
                    }
                }
            } finally {
                synchronized (MockServer.this) {
                    members.remove(client, this);
                }
            }
        }

        /** The publish commands of one frame. */
        private void commands(String text) throws IOException {
            Matcher command = COMMAND.matcher(text);
            while (command.find()) {
                if (command.group(2).startsWith("#")) {
                    MockServer.this.send(command.group(2).substring(1), command.group(3));
                } else {
                    publish(command.group(2), command.group(3));
                }
                say("{\"id\":" + command.group(1) + ",\"publish\":{}}");
            }
        }

        private String greet(String text) throws IOException {
            Matcher matcher = CLIENT.matcher(text);
            matcher.find();
            String client = matcher.group(1);
            publisher = client.equals("publisher");
            members.put(client, this);
            StringBuilder replies = new StringBuilder("{\"id\":1,\"connect\":{\"client\":\"c\",\"ping\":25}}");
            if (text.contains("\"subscribe\"")) {
                replies.append("\n{\"id\":2,\"subscribe\":{}}");
            }
            say(replies.toString());
            List<String> pending = away.getOrDefault(client, new ArrayList<>());
            if (!pending.isEmpty()) {
                away.remove(client);
                unconfirmed += pending.size();
                for (String push : pending) {
                    deliver(this, push);
                }
                say("{}");
            }
            return client;
        }

        /** Every seventh frame in two fragments, so that the client has to join them. */
        void say(String text) throws IOException {
            byte[] payload = text.getBytes(UTF_8);
            try {
                if (payload.length > 20 && payload.length % 7 == 0) {
                    out.write(ServerSide.frame(Frames.TEXT, Arrays.copyOf(payload, 10)));
                    out.write(ServerSide.frame(Frames.FIN, Arrays.copyOfRange(payload, 10, payload.length)));
                } else {
                    out.write(ServerSide.frame(Frames.FIN | Frames.TEXT, payload));
                }
            } catch (IOException e) {
                // this one has gone; the others still get theirs
            }
        }
    }
}
