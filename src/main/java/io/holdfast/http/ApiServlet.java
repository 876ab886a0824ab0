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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The server API: checks the caller, the path and the method, and hands the call on. Never waits for a body or a receipt. */
@DeclareRoles({"holdfast-publisher", "holdfast-reader", "holdfast-admin"})
@WebServlet(urlPatterns = "/api/*", asyncSupported = true)
public class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient ApiKeys keys;
    private final transient Routes routes;

    @Inject
    public ApiServlet(AccessOptions access, Routes routes) {
        this.keys = new ApiKeys(access.apiKeys());
        this.routes = routes;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Caller caller = Caller.of(request, keys);
        if (caller.stranger()) {
            refuse(
                    response,
                    Answer.error(
                            401,
                            "unauthorized",
                            "A valid API key is required in the header X-API-Key, or a token with one of Holdfast's roles"));
            return;
        }
        String path = request.getPathInfo() == null ? "" : request.getPathInfo();
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
            post(request, response, posted, caller);
        } else if (found.route().action() instanceof Route.Asked asked) {
            ask(request, response, asked, found.segment());
        }
    }

    private static void post(
            HttpServletRequest request, HttpServletResponse response, Route.Posted posted, Caller caller)
            throws IOException {
        if (request.getContentLengthLong() > posted.maxBytes()) {
            refuse(response, Answer.tooLarge(posted.maxBytes()));
        } else {
            Exchange.begin(
                    request,
                    response,
                    new Exchange.Incoming(
                            posted.maxBytes(), body -> posted.call().answer(body, caller)));
        }
    }

    private static void ask(HttpServletRequest request, HttpServletResponse response, Route.Asked asked, String segment)
            throws IOException {
        Parameters parameters;
        try {
            request.setCharacterEncoding("UTF-8"); // for Liberty it is ISO 8859-1 in the query, unless told
            parameters = new Parameters(request.getParameterMap());
        } catch (IllegalArgumentException | IllegalStateException e) { // the latter is Liberty's way
            refuse(response, Answer.error(400, "invalid_query", "The query string is not well formed"));
            return;
        }
        Exchange.answerWhenDone(
                request, response, answer(asked, segment, parameters).toCompletableFuture());
    }

    private static CompletionStage<Answer> answer(Route.Asked asked, String segment, Parameters parameters) {
        try {
            return asked.query().answer(segment, parameters);
        } catch (Parameters.Wrong e) {
            return CompletableFuture.completedFuture(e.answer());
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Failures.answer(e));
        }
    }

    private static Answer notFound(String methods) {
        return methods.isEmpty()
                ? Answer.error(404, "not_found", "There is no such call")
                : Answer.error(405, "method_not_allowed", "This call wants " + methods)
                        .allowing(methods);
    }

    /** Answers without having read the body: the connection may not go on behind it. */
    private static void refuse(HttpServletResponse response, Answer answer) throws IOException {
        AnswerWriter.write(response, answer);
    }
}
