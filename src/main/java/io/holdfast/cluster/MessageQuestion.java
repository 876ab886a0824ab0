package io.holdfast.cluster;

import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.ThisNode;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.util.Optional;

/**
 * The question for the state of a message in a client's outbox: {@code {"client":"u42","offset":7}}. The answer is {@code
 * {"state":"SENT"}}, or an empty object from a node that does not hold the outbox.
 */
record MessageQuestion(String client, long offset) implements Question<Optional<MessageState>> {
    static final String ABOUT = "message";

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        json.field("client", client).field("offset", offset);
    }

    static byte[] answer(byte[] question, ThisNode here) throws IOException {
        MessageQuestion asked = Question.object(question, MessageQuestion::read);
        JsonOutput json = new JsonOutput().open();
        here.state(asked.client(), asked.offset()).ifPresent(state -> json.field("state", state.name()));
        return json.close().toBytes();
    }

    private static MessageQuestion read(JsonInput in) throws IOException {
        String client = "";
        long offset = 0;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "client" -> client = in.string();
                case "offset" -> offset = in.naturalLong();
                default -> in.skip();
            }
        }
        return new MessageQuestion(client, offset);
    }

    @Override
    public Optional<MessageState> readAnswer(JsonInput in) throws IOException {
        Optional<MessageState> state = Optional.empty();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("state")) {
                state = Optional.of(Question.constant(MessageState.class, in.string()));
            } else {
                in.skip();
            }
        }
        return state;
    }

    /**
     * Of two nodes' states of one message, the one that counts: confirmed is confirmed; otherwise what has ended does not go on,
     * and what was sent by one node was sent.
     */
    static MessageState merged(MessageState one, MessageState other) {
        return rank(one) >= rank(other) ? one : other;
    }

    private static int rank(MessageState state) {
        return switch (state) {
            case QUEUED -> 0;
            case SENT -> 1;
            case EXPIRED, DROPPED, DEAD -> 2;
            case ACKNOWLEDGED -> 3;
        };
    }
}
