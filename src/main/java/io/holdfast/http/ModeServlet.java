package io.holdfast.http;

import io.holdfast.access.AccessOptions;
import io.holdfast.commands.CommandSettings;
import io.holdfast.json.JsonOutput;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Tells the demo page, without a key, the mode and the version of the server: {@code {"insecure":…,"version":…}}. */
@WebServlet("/mode")
public class ModeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Answer answer;

    @Inject
    public ModeServlet(AccessOptions access, CommandSettings settings) {
        this.answer = Answer.ok(new JsonOutput()
                .raw("{\"insecure\":")
                .bool(access.insecure())
                .raw(",\"version\":")
                .string(settings.version())
                .raw("}"));
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        AnswerWriter.write(response, answer);
    }
}
