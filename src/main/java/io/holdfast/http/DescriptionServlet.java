package io.holdfast.http;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/**
 * {@code GET /openapi}, without a key: the description of the API, as YAML. It contains nothing secret. On a server with
 * MicroProfile OpenAPI, the server's own {@code /openapi} may come before it, with the same document.
 */
@WebServlet("/openapi")
public class DescriptionServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String DOCUMENT = "/META-INF/openapi.yaml";
    private static final String YAML = "yaml";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String format = request.getParameter("format");
        if (format != null && !format.equalsIgnoreCase(YAML)) {
            AnswerWriter.write(
                    response,
                    Answer.error(
                            400,
                            "invalid_field",
                            "This server describes its API as YAML only. With the feature mpOpenAPI-4.1 it can also use JSON",
                            "format"));
            return;
        }
        try (InputStream document = getServletContext().getResourceAsStream(DOCUMENT)) {
            if (document == null) {
                throw new FileNotFoundException(DOCUMENT + " is missing in the WAR");
            }
            response.setContentType("application/yaml");
            response.setCharacterEncoding("UTF-8");
            response.setHeader("Cache-Control", "no-cache");
            response.setHeader("X-Content-Type-Options", "nosniff");
            document.transferTo(response.getOutputStream());
        }
    }
}
