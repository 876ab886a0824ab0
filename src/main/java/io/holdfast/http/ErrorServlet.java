package io.holdfast.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers in our shape where the container would answer with a page that names its classes. */
@WebServlet("/error")
public class ErrorServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() != DispatcherType.ERROR) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        AnswerWriter.write(response, answer(status instanceof Integer code ? code : 500));
    }

    static Answer answer(int status) {
        return switch (status) {
            case 400 -> Answer.error(status, "bad_request", "The request is malformed");
            case 403 -> Answer.error(status, "forbidden", "This request is not allowed");
            case 404 -> Answer.error(status, "not_found", "There is no resource at this path");
            case 405 -> Answer.error(status, "method_not_allowed", "This path does not support this method");
            case 429 -> Answer.error(status, "overloaded", "Too many requests; repeat later");
            case 503 -> Answer.error(status, "unavailable", "The server cannot do this now; repeat later");
            default ->
                status < 500
                        ? Answer.error(status, "bad_request", "The request cannot be answered")
                        : Answer.error(status, "internal", "The server has a bug; the server's log describes it");
        };
    }
}
