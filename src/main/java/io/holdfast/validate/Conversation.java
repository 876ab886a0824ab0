package io.holdfast.validate;

import io.holdfast.client.Close;
import io.holdfast.client.Json;
import io.holdfast.client.Trust;
import io.holdfast.client.WebSocket;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks the client protocol: sends commands, collects what comes, answers pings.
 *
 * <p>Threads: the socket's reader calls {@link #message} and {@link #ended}, the scenario all else. What was awaited is
 * taken out; the rest stays in its order.
 */
final class Conversation implements WebSocket.Listener, AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Format format;
    private final WebSocket socket;
    private final Consumer<Json> ear;
    private final List<Json> inbox = new ArrayList<>();
    private int lastId;
    private int pings;
    private boolean answersPings = true;
    private @Nullable Close close;

    private Conversation(Format format, WebSocket socket, Consumer<Json> ear) {
        this.format = format;
        this.socket = socket;
        this.ear = ear;
    }

    static Conversation open(Target target, Format format) throws IOException {
        return open(target.endpoint(format), target.trust(), format, 0, message -> {});
    }

    /**
     * @param receiveBuffer bytes the kernel may hold for us; 0 for its own choice
     * @param ear hears every message but pings, on the reading thread
     */
    static Conversation open(URI endpoint, Trust trust, Format format, int receiveBuffer, Consumer<Json> ear)
            throws IOException {
        Socket tcp = new Socket();
        if (receiveBuffer > 0) {
            tcp.setReceiveBufferSize(receiveBuffer);
        }
        WebSocket socket = WebSocket.open(tcp, endpoint, trust, "", PATIENCE);
        if (socket.status() != 101) {
            socket.drop();
            throw new IOException("the handshake with " + endpoint + " was answered with " + socket.status());
        }
        Conversation conversation = new Conversation(format, socket, ear);
        socket.start(conversation);
        return conversation;
    }

    WebSocket socket() {
        return socket;
    }

    @Override
    public void message(boolean binary, byte[] message) {
        boolean pong = false;
        try {
            if (binary != format.binary()) {
                throw new IOException((binary ? "a binary" : "a text") + " frame in " + format);
            }
            List<Json> messages = format.decode(message);
            for (Json each : messages) {
                if (!each.isEmptyObject()) {
                    ear.accept(each);
                }
            }
            synchronized (this) {
                for (Json each : messages) {
                    if (each.isEmptyObject()) {
                        pings++;
                        pong = answersPings;
                    } else {
                        inbox.add(each);
                    }
                }
                notifyAll();
            }
            if (pong) {
                pong();
            }
        } catch (IOException e) {
            ended(new Close(Close.LOST, "this client cannot read or answer a frame: " + e.getMessage()));
        }
    }

    @Override
    public synchronized void ended(Close how) {
        if (close == null) {
            close = how;
        }
        notifyAll();
    }

    void pong() throws IOException {
        send("{}");
    }

    synchronized void ignorePings() {
        answersPings = false;
    }

    synchronized int pings() {
        return pings;
    }

    synchronized boolean isOpen() {
        return close == null;
    }

    /** Sends one command in JSON, or a frame that the format cannot read. */
    void send(String command) throws IOException {
        socket.send(format.binary(), format.encode(command));
    }

    /** Sends several commands in one frame, each in JSON with its own id. */
    void sendTogether(List<String> commands) throws IOException {
        socket.send(format.binary(), format.encodeAll(commands));
    }

    /** Sends a command and returns its number. @param request the fields of the request */
    int tell(String method, String request) throws IOException {
        int id;
        synchronized (this) {
            id = ++lastId;
        }
        send("{\"id\":" + id + ",\"" + method + "\":{" + request + "}}");
        return id;
    }

    /** Sends a command and returns the whole reply. */
    Json ask(String method, String request) throws IOException, InterruptedException {
        int id = tell(method, request);
        return await("the reply to " + method, message -> message.at("id").number() == id, PATIENCE);
    }

    /** Sends a command and returns its result. */
    Json command(String method, String request) throws IOException, InterruptedException {
        Json reply = ask(method, request);
        if (reply.has("error")) {
            throw new NotHeldException(method + " was refused: " + reply.at("error"));
        }
        return reply.at(method);
    }

    /** Sends a command and returns its error code; 0 if there is none. */
    long refused(String method, String request) throws IOException, InterruptedException {
        return ask(method, request).at("error", "code").number();
    }

    /** Takes the first message that is wanted. */
    synchronized Json await(String what, Predicate<Json> wanted, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            for (Iterator<Json> messages = inbox.iterator(); messages.hasNext(); ) {
                Json message = messages.next();
                if (wanted.test(message)) {
                    messages.remove();
                    return message;
                }
            }
            if (close != null) {
                throw new NotHeldException("waiting for " + what + ", the connection ended: " + close);
            }
            pause(end, what);
        }
    }

    /** Waits for the end of the connection. */
    synchronized Close awaitClose(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (close == null) {
            pause(end, "the end of the connection");
        }
        return close;
    }

    private void pause(long end, String what) throws InterruptedException {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new NotHeldException("did not get " + what);
        }
        wait(millis);
    }

    /** Cuts the line. */
    void drop() {
        socket.drop();
        ended(new Close(Close.LOST, "cut by the client"));
    }

    @Override
    public void close() {
        socket.close();
    }
}
