package io.holdfast.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Posts over a fixed number of HTTP connections kept alive, one request at a time on each. */
final class HttpSubmitter implements Submitter {

    /** The request for some messages. */
    interface Body {
        byte[] of(int firstSequence, List<byte[]> data);
    }

    static final byte[] ERROR = Ascii.bytes("\"error\"");

    private final String path;
    private final Body body;
    private final ArrayDeque<HttpLink> free = new ArrayDeque<>();

    HttpSubmitter(Loop loop, String apiKey, int connections, String path, Body body) {
        this.path = path;
        this.body = body;
        for (int i = 0; i < connections; i++) {
            HttpLink link = new HttpLink(loop, apiKey);
            loop.connect(link);
            free.add(link);
        }
    }

    /** Each message to everybody on a channel. */
    static HttpSubmitter publish(Loop loop, String apiKey, int connections, Target target, String channel) {
        return new HttpSubmitter(
                loop, apiKey, connections, target.publishPath(), (first, data) -> target.publish(channel, data.get(0)));
    }

    /** Message {@code n} to the client of index {@code n % names.size()}. */
    static HttpSubmitter send(Loop loop, String apiKey, int connections, Target target, List<String> names) {
        return new HttpSubmitter(
                loop,
                apiKey,
                connections,
                "/api/send",
                (first, data) -> target.send(names.get(first % names.size()), data.get(0)));
    }

    /** As {@link #send}, many in one request. */
    static HttpSubmitter batch(Loop loop, String apiKey, int connections, Target target, List<String> names) {
        return new HttpSubmitter(loop, apiKey, connections, "/api/batch", (first, data) -> {
            List<String> clients = new ArrayList<>(data.size());
            for (int i = 0; i < data.size(); i++) {
                clients.add(names.get((first + i) % names.size()));
            }
            return target.batch(clients, data);
        });
    }

    @Override
    public boolean isFree() {
        return !free.isEmpty();
    }

    @Override
    public void submit(int firstSequence, List<byte[]> data, Receipt receipt) {
        HttpLink link = free.remove();
        link.post(path, body.of(firstSequence, data), (status, bytes, from, to) -> {
            boolean accepted = status >= 200 && status < 300 && Ascii.indexOf(bytes, from, to, ERROR) < 0;
            if (!link.hasEnded()) {
                free.add(link);
            }
            receipt.came(accepted, accepted ? "" : status + " " + Ascii.text(bytes, from, Math.min(to, from + 200)));
        });
    }
}
