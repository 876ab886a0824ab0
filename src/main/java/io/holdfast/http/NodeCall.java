package io.holdfast.http;

import io.holdfast.cluster.Question;
import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A call of the server API that another node carries out: {@code {"method":"POST","path":"/drain","query":"window=10"}}. The node that
 * asks has checked the caller. The answer is {@code {"status":200,"json":"…"}}, or an empty object from a node that does not carry
 * out such a call.
 *
 * @param query as in an address; empty for none
 * @param body empty for none
 * @param caller its name, for the audit
 */
record NodeCall(String method, String path, String query, byte[] body, String caller, Duration within)
        implements Question<Optional<Answer>> {
    static final String ABOUT = "call";

    @Override
    public String about() {
        return ABOUT;
    }

    @Override
    public void write(JsonOutput json) {
        json.field("method", method)
                .field("path", path)
                .field("query", query)
                .field("body", new String(body, StandardCharsets.UTF_8))
                .field("caller", caller);
    }

    static NodeCall read(byte[] question) throws IOException {
        return Question.object(question, in -> {
            String method = "";
            String path = "";
            String query = "";
            String body = "";
            String caller = "";
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                switch (field) {
                    case "method" -> method = in.string();
                    case "path" -> path = in.string();
                    case "query" -> query = in.string();
                    case "body" -> body = in.string();
                    case "caller" -> caller = in.string();
                    default -> in.skip();
                }
            }
            return new NodeCall(method, path, query, body.getBytes(StandardCharsets.UTF_8), caller, Duration.ZERO);
        });
    }

    /** @param found empty if this node does not carry out such a call */
    static byte[] answer(Optional<Answer> found) {
        JsonOutput json = new JsonOutput().open();
        found.ifPresent(answer -> json.field("status", answer.status())
                .field("retry_after", answer.retryAfterSeconds())
                .field("json", new String(answer.json(), StandardCharsets.UTF_8)));
        return json.close().toBytes();
    }

    @Override
    public Optional<Answer> readAnswer(JsonInput in) throws IOException {
        int status = 0;
        int retryAfter = 0;
        String json = "";
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "status" -> status = in.naturalInteger();
                case "retry_after" -> retryAfter = in.naturalInteger();
                case "json" -> json = in.string();
                default -> in.skip();
            }
        }
        return status == 0
                ? Optional.empty()
                : Optional.of(new Answer(status, json.getBytes(StandardCharsets.UTF_8), retryAfter, null, null));
    }
}
