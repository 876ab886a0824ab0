package io.holdfast.it.faults;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** In the deployed WAR: {@code POST /test/engine?mode=FAILS} sets what the engine does, {@code GET} says how often it was asked. */
@WebServlet("/test/engine")
public class FaultServlet extends HttpServlet {
    @Inject
    private transient FaultyEngine engine;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
        engine.set(FaultyEngine.Mode.valueOf(request.getParameter("mode")));
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().print(engine.attempts());
    }
}
