package io.holdfast.http;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.ApiKeys;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The server API: checks the key, the path and the method, and hands the call on. Never waits for a body or a receipt. */
@WebServlet(urlPatterns = "/api/*", asyncSupported = true)
public class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final int SINGLE_BYTES = 64 << 10;
    private static final int MANY_BYTES = 4 << 20;
    private static final String KEY_SCHEME = "apikey ";

    private final transient ApiKeys keys;
    private final transient ControlApi control;
    private final transient Map<String, Posted> posted;
    private final transient Map<String, Function<Map<String, String[]>, Answer>> queries;

    /** What is done with a body. */
    interface BodyCall {
        /** @throws IOException if the body is not JSON */
        CompletionStage<Answer> answer(byte[] body) throws IOException;
    }

    /** A call with a body of limited size. */
    record Posted(int maxBytes, BodyCall call) {}

    @Inject
    public ApiServlet(AccessOptions access, PublishApi publish, QueryApi query, ControlApi control, RevokeApi revoke) {
        this.control = control;
        this.keys = new ApiKeys(access.apiKeys());
        this.posted = Map.of(
                "/publish", new Posted(SINGLE_BYTES, publish::publish),
                "/broadcast", new Posted(MANY_BYTES, publish::broadcast),
                "/batch", new Posted(MANY_BYTES, publish::batch),
                "/send", new Posted(SINGLE_BYTES, publish::send),
                "/revoke", new Posted(SINGLE_BYTES, revoke::revoke));
        this.queries = Map.of("/message", query::message, "/revocations", revoke::list);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!keys.accepts(key(request))) {
            refuse(response, Answer.error(401, "unauthorized", "A valid API key is required in the header X-API-Key"));
            return;
        }
        String path = request.getPathInfo() == null ? "" : request.getPathInfo();
        Posted call = posted.get(path);
        Function<Map<String, String[]>, Answer> query = queries.get(path);
        if (call != null) {
            post(request, response, call);
        } else if (query != null) {
            query(request, response, query);
        } else {
            control(request, response, path);
        }
    }

    private static void post(HttpServletRequest request, HttpServletResponse response, Posted call) throws IOException {
        if (!request.getMethod().equals("POST")) {
            refuse(response, wrongMethod("POST"));
        } else if (request.getContentLengthLong() > call.maxBytes()) {
            refuse(response, Answer.tooLarge(call.maxBytes()));
        } else {
            Exchange.begin(request, response, call);
        }
    }

    private void control(HttpServletRequest request, HttpServletResponse response, String path) throws IOException {
        Map<String, String[]> parameters;
        try {
            parameters = request.getParameterMap();
        } catch (IllegalArgumentException | IllegalStateException e) { // the latter is Liberty's way
            refuse(response, Answer.error(400, "invalid_query", "The query string is not well formed"));
            return;
        }
        Answer answer = null;
        CompletionStage<Answer> stage = null;
        if (request.getMethod().equals("GET")) {
            answer = control.get(path, parameters);
        } else if (request.getMethod().equals("POST")) {
            stage = control.post(path, parameters);
        }
        if (answer != null) {
            AnswerWriter.write(response, answer);
        } else if (stage != null) {
            Exchange.answerWhenDone(request, response, stage.toCompletableFuture());
        } else {
            refuse(response, Answer.error(404, "not_found", "There is no such call, or not with this method"));
        }
    }

    private static void query(
            HttpServletRequest request, HttpServletResponse response, Function<Map<String, String[]>, Answer> query)
            throws IOException {
        if (!request.getMethod().equals("GET")) {
            refuse(response, wrongMethod("GET"));
            return;
        }
        Map<String, String[]> parameters;
        try {
            parameters = request.getParameterMap();
        } catch (IllegalArgumentException | IllegalStateException e) { // the latter is Liberty's way
            refuse(response, Answer.error(400, "invalid_query", "The query string is not well formed"));
            return;
        }
        AnswerWriter.write(response, query.apply(parameters));
    }

    private static Answer wrongMethod(String right) {
        return Answer.error(405, "method_not_allowed", "This call wants " + right)
                .allowing(right);
    }

    /** Answers without having read the body: the connection may not go on behind it. */
    private static void refuse(HttpServletResponse response, Answer answer) throws IOException {
        AnswerWriter.write(response, answer);
    }

    /** From {@code X-API-Key: <key>} or {@code Authorization: apikey <key>}. */
    private static @Nullable String key(HttpServletRequest request) {
        String header = request.getHeader("X-API-Key");
        if (header != null) {
            return header;
        }
        String authorization = request.getHeader("Authorization");
        return authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(KEY_SCHEME)
                ? authorization.substring(KEY_SCHEME.length()).trim()
                : null;
    }
}
