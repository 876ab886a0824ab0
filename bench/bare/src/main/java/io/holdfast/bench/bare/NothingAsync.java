package io.holdfast.bench.bare;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/** As {@link Nothing}, but answers on another thread of the container, as one does that waits for something. */
@WebServlet(urlPatterns = "/nothing-async", asyncSupported = true)
public class NothingAsync extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.getInputStream().readAllBytes();
        AsyncContext async = request.startAsync();
        async.start(() -> {
            try {
                Nothing.answer(response);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                async.complete();
            }
        });
    }
}
