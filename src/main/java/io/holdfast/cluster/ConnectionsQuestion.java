package io.holdfast.cluster;

import io.holdfast.delivery.ThisNode;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;

/** The question how many connections a client has: {@code {"client":"u42"}}. The answer is {@code {"connections":7}}. */
record ConnectionsQuestion(String client) implements Question<Integer> {
    static final String ABOUT = "connections";

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        json.field("client", client);
    }

    static byte[] answer(byte[] question, ThisNode here) throws IOException {
        ConnectionsQuestion asked = Question.object(question, ConnectionsQuestion::read);
        return new JsonOutput()
                .open()
                .field("connections", here.connections(asked.client()))
                .close()
                .toBytes();
    }

    private static ConnectionsQuestion read(JsonInput in) throws IOException {
        String client = "";
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("client")) {
                client = in.string();
            } else {
                in.skip();
            }
        }
        return new ConnectionsQuestion(client);
    }

    @Override
    public Integer readAnswer(JsonInput in) throws IOException {
        long connections = 0;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("connections")) {
                connections = in.naturalLong();
            } else {
                in.skip();
            }
        }
        return (int) Math.min(connections, Integer.MAX_VALUE / 2);
    }
}
