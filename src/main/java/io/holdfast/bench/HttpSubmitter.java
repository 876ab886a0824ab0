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

    private HttpSubmitter(Loop loop, String apiKey, int connections, String path, Body body) {
        this.path = path;
        this.body = body;
        for (int i = 0; i < connections; i++) {
            HttpLink link = new HttpLink(loop, apiKey);
            loop.connect(link);
            free.add(link);
        }
    }

    /** Message {@code n} to {@code names.get(n % names.size())}, in a request of its own. */
    static HttpSubmitter single(Loop loop, String apiKey, int connections, Target target, To to, List<String> names) {
        return new HttpSubmitter(
                loop,
                apiKey,
                connections,
                target.path(to),
                (first, data) -> target.body(to, names.get(first % names.size()), data.get(0)));
    }

    /** As {@link #single}, many in one request. */
    static HttpSubmitter batch(Loop loop, String apiKey, int connections, Target target, To to, List<String> names) {
        return new HttpSubmitter(loop, apiKey, connections, "/api/batch", (first, data) -> {
            List<String> chosen = new ArrayList<>(data.size());
            for (int i = 0; i < data.size(); i++) {
                chosen.add(names.get((first + i) % names.size()));
            }
            return target.batch(to, chosen, data);
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
