package io.holdfast.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Publishes with the protocol's own command over one WebSocket, as many commands in a frame as are submitted together and
 * as many frames under way as asked for.
 */
final class SocketSubmitter implements Submitter {
    private static final int CONNECT_ID = 1;

    private final Publisher publisher;
    private final IntFunction<String> channel;
    private final Map<Integer, Submission> unanswered = new HashMap<>();
    private int lastId;

    /** What was submitted together. */
    private static final class Submission {
        private final Receipt receipt;
        private int awaited;
        private String refusal = "";

        Submission(Receipt receipt, int awaited) {
            this.receipt = receipt;
            this.awaited = awaited;
        }
    }

    /** Message {@code n} to {@code names.get(n % names.size())}. */
    SocketSubmitter(Loop loop, Target target, To to, List<String> names) {
        this.channel = sequence -> target.channel(to, names.get(sequence % names.size()));
        Greeting greeting = target.greeting("publisher", null);
        if (greeting == null) {
            throw new IllegalArgumentException(target.name() + " cannot be published to over a WebSocket");
        }
        this.lastId = greeting.commands();
        this.publisher = new Publisher(loop, target.socketPath(), JsonSpeech.INSTANCE.greeting(greeting));
        loop.connect(publisher);
    }

    @Override
    public boolean isFree() {
        return publisher.connected && !publisher.hasEnded();
    }

    @Override
    public void submit(int firstSequence, List<byte[]> data, Receipt receipt) {
        Submission submission = new Submission(receipt, data.size());
        StringBuilder frame = new StringBuilder();
        for (int i = 0; i < data.size(); i++) {
            unanswered.put(++lastId, submission);
            frame.append(i == 0 ? "" : "\n")
                    .append("{\"id\":")
                    .append(lastId)
                    .append(",\"publish\":{\"channel\":\"")
                    .append(channel.apply(firstSequence + i))
                    .append("\",\"data\":")
                    .append(Ascii.text(data.get(i)))
                    .append("}}");
        }
        publisher.send(false, Ascii.bytes(frame.toString()));
    }

    private void answered(int id, boolean accepted, String answer) {
        Submission submission = unanswered.remove(id);
        if (submission == null) {
            return;
        }
        if (!accepted) {
            submission.refusal = answer;
        }
        if (--submission.awaited == 0) {
            submission.receipt.came(submission.refusal.isEmpty(), submission.refusal);
        }
    }

    private void lost(String why) {
        for (int id : List.copyOf(unanswered.keySet())) {
            answered(id, false, why);
        }
    }

    /** The publisher's connection: hears replies, answers pings, takes no notice of pushes. */
    private final class Publisher extends WebSocketLink {
        private static final byte[] PONG = {'{', '}'};
        private static final byte[] ID = {'{', '"', 'i', 'd', '"', ':'};

        private final byte[] greeting;
        private boolean connected;

        Publisher(Loop loop, String path, byte[] greeting) {
            super(loop, path);
            this.greeting = greeting;
        }

        @Override
        protected void upgraded() {
            send(false, greeting);
        }

        @Override
        public void message(boolean binary, byte[] bytes, int from, int to) {
            int at = from;
            while (at < to) {
                int end = Ascii.indexOf(bytes, at, to, (byte) '\n');
                end = end < 0 ? to : end;
                piece(bytes, at, end);
                at = end + 1;
            }
        }

        private void piece(byte[] bytes, int from, int to) {
            if (to - from == PONG.length) {
                send(false, PONG);
            } else if (Ascii.startsWith(bytes, from, to, ID)) {
                int id = (int) Ascii.number(bytes, from + ID.length, to);
                boolean accepted = Ascii.indexOf(bytes, from, to, HttpSubmitter.ERROR) < 0;
                connected |= id == CONNECT_ID && accepted;
                answered(id, accepted, accepted ? "" : Ascii.text(bytes, from, Math.min(to, from + 200)));
            }
        }

        @Override
        protected void ended(String why) {
            lost(why);
        }
    }
}
