package io.holdfast.http;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.ApiKeys;
import jakarta.annotation.security.DeclareRoles;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The server API: checks the caller, the path and the method, and hands the call on. Never waits for a body or a receipt. */
@DeclareRoles({"holdfast-publisher", "holdfast-reader", "holdfast-admin"})
@WebServlet(urlPatterns = "/api/*", asyncSupported = true)
public class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** With the value {@code transport}, errors of the compatible shape have a status of their own. */
    private static final String ERROR_MODE = "X-Centrifugo-Error-Mode";

    private static final Duration BODY_TIME = Duration.ofSeconds(30);

    /** Of a body that a call has no use for. */
    private static final int UNUSED_BYTES = 64 << 10;

    private final transient ApiKeys keys;
    private final transient boolean keyInQuery;
    private final transient Routes routes;

    @Inject
    public ApiServlet(AccessOptions access, Routes routes) {
        this.keys = new ApiKeys(access.apiKeys());
        this.keyInQuery = access.apiKeyInQuery();
        this.routes = routes;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Caller caller = Caller.of(request, keys, keyInQuery);
        if (caller.stranger()) {
            refuse(
                    response,
                    Answer.error(
                            401,
                            "unauthorized",
                            "A valid API key is required in the header X-API-Key, or a token with one of Holdfast's roles"));
            return;
        }
        String info = request.getPathInfo();
        String path = info == null || info.equals("/") ? "" : info;
        Routes.Found found = routes.find(request.getMethod(), path);
        if (found == null) {
            refuse(response, notFound(routes.methods(path)));
        } else if (!caller.mayAs(found.route().roles())) {
            refuse(
                    response,
                    Answer.error(
                            403,
                            "forbidden",
                            "This call needs the role "
                                    + Route.words(found.route().roles())));
        } else if (found.route().action() instanceof Route.Posted posted) {
            boolean byStatus = "transport".equals(request.getHeader(ERROR_MODE));
            read(request, response, posted.maxBytes(), body -> {
                CompletionStage<Answer> answer = carryOut(posted, body, caller);
                return byStatus ? answer.thenApply(Answer::withStatus) : answer;
            });
        } else if (found.route().action() instanceof Route.Asked asked) {
            String query = request.getQueryString();
            if (found.route().method().equals("GET")) {
                AnswerWriter.answer(
                        request,
                        response,
                        carryOut(asked, found.segment(), query, caller).toCompletableFuture());
            } else {
                read(request, response, UNUSED_BYTES, body -> carryOut(asked, found.segment(), query, caller));
            }
        } else {
            throw new IllegalArgumentException("a route that nothing carries out: " + found.route());
        }
    }

    /** Also where the call has no use for a body: one that is faulty makes the request faulty. */
    private static void read(
            HttpServletRequest request,
            HttpServletResponse response,
            int maxBytes,
            Function<byte[], CompletionStage<Answer>> call)
            throws IOException {
        BodyReader.read(request, response, new BodyReader.Limits(maxBytes, BODY_TIME), new BodyReader.Taker() {
            @Override
            public boolean take(byte[] body, HttpServletRequest request, HttpServletResponse response)
                    throws IOException {
                AnswerWriter.answer(request, response, call.apply(body).toCompletableFuture());
                return true;
            }

            @Override
            public void refuse(BodyReader.Refusal refusal, HttpServletResponse response) throws IOException {
                AnswerWriter.write(response, Answer.error(refusal.status(), refusal.code(), refusal.message()));
            }
        });
    }

    static CompletionStage<Answer> carryOut(Route.Posted posted, byte[] body, Caller caller) {
        try {
            return posted.call().answer(body, caller);
        } catch (IOException e) {
            return CompletableFuture.completedFuture(Answer.malformed());
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Failures.answer(e));
        }
    }

    static CompletionStage<Answer> carryOut(Route.Asked asked, String segment, @Nullable String query, Caller caller) {
        try {
            return asked.query().answer(segment, Parameters.of(query), caller);
        } catch (Parameters.Wrong e) {
            return CompletableFuture.completedFuture(e.answer());
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Failures.answer(e));
        }
    }

    private static Answer notFound(String methods) {
        return methods.isEmpty()
                ? Answer.error(404, "not_found", "There is no such call")
                : Answer.error(405, "method_not_allowed", "This call needs the method " + methods)
                        .allowing(methods);
    }

    /** Answers without having read the body. The connection cannot be used afterwards. */
    private static void refuse(HttpServletResponse response, Answer answer) throws IOException {
        AnswerWriter.write(response, answer);
    }
}
