package io.holdfast.it.faults;

import io.holdfast.http.BodyReader;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/** In the deployed WAR: {@code POST /test/body} says how long the body is and how it was read. */
@WebServlet(value = "/test/body", asyncSupported = true)
public class BodyServlet extends HttpServlet implements BodyReader.Taker {
    private static final BodyReader.Limits LIMITS = new BodyReader.Limits(1 << 20, Duration.ofSeconds(10));

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        BodyReader.read(request, response, LIMITS, this);
    }

    @Override
    public boolean take(byte[] body, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_OK);
        response.getWriter().print(body.length + (request.isAsyncStarted() ? " as it came" : " in place"));
        return false;
    }

    @Override
    public void refuse(BodyReader.Refusal refusal, HttpServletResponse response) {
        response.setStatus(refusal.status());
    }
}
